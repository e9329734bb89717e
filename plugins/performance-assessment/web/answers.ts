import type { LocalText } from "@jinshui/contracts";

// what the plugin's operations answer, as their schemas and its service say it

export type Level = "bureau" | "department" | "person";

export interface Indicator {
  id: string;
  version: number;
  title: LocalText;
  source: string;
  kind: "steps" | "matters";
  ratio?: [string, string];
  duration?: string;
  count?: string;
  unit: "percent" | "hours" | "count";
  direction: "higher" | "lower";
  target: string;
  zero: string;
  levels: Level[];
}

export interface MissingIndicator {
  id: string;
  title: LocalText;
  source: string;
  needs: LocalText;
}

export interface Measured {
  indicator: string;
  version: number;
  numerator: number;
  denominator?: number;
  hundredths?: number;
}

export interface Subject {
  key: string;
  title: string;
  measured: Measured[];
}

export interface Aim {
  id: string;
  numerator?: number;
  denominator?: number;
  missing: string[];
  needs?: LocalText;
}

export interface SchemeLine {
  indicator: string;
  weight: number;
  target: string;
  zero: string;
}

interface Correction {
  raw?: string;
  corrected: string;
  reason: string;
  number: string;
  decidedBy: string;
}

export interface Result {
  id: string;
  schemeName: string;
  period: string;
  level: Level;
  subject: string;
  title: string;
  total?: string;
  correctedTotal?: string;
  lines: (Measured & SchemeLine & { score?: number; correction?: Correction; correctedScore?: number })[];
}
