import type { StoredRecord } from "@jinshui/contracts";
import type { Storage } from "@jinshui/plugin";
import type { Level } from "./indicator.js";
import { decimal, hundredthsOf, type SchemeLine, scored, type ScoredLine, totalOf } from "./scheme.js";

export const SCHEMES = "performance-assessment.scheme";
export const SCORES = "performance-assessment.score";
export const CORRECTIONS = "performance-assessment.correction";

export interface Scheme {
  id: string;
  name: string;
  version: number;
  level: Level;
  status: "draft" | "active" | "retired";
  lines: SchemeLine[];
}

export function schemeOf({ id, values }: StoredRecord): Scheme {
  const { name, version, level, status, lines } = values as unknown as Omit<Scheme, "id">;
  return { id, name, version, level, status, lines };
}

/** A change of a frozen figure by an appeal: the figure itself stays. */
interface Correction {
  score: string;
  indicator: string;
  raw: string;
  corrected: string;
  reason: string;
  number: string;
  decidedBy: string;
}

/** A frozen score as people see it: each figure as it was, and beside it what appeals have made of it. */
export interface Result {
  id: string;
  scheme: string;
  schemeName: string;
  period: string;
  level: Level;
  subject: string;
  title: string;
  /** Absent where nothing could be told. */
  total?: string;
  correctedTotal?: string;
  asOf: string;
  lines: (ScoredLine & { correction?: Correction; correctedScore?: number })[];
}

/** What a page of frozen scores tells, with the corrections of them. */
export async function resultsOf(storage: Storage, records: readonly StoredRecord[]): Promise<Result[]> {
  const corrections: Correction[] = [];
  for (const { id } of records) {
    const found = await storage.find({ collection: CORRECTIONS, filter: { score: id }, sort: ["number"], limit: 200 });
    corrections.push(...found.records.map(({ values }) => values as unknown as Correction));
  }
  return records.map(({ id, values }) => {
    const stored = values as unknown as Omit<Result, "id" | "lines" | "correctedTotal"> & { lines: ScoredLine[] };
    const own = corrections.filter(({ score }) => score === id);
    const lines = stored.lines.map((line) => corrected(line, own));
    const total = totalOf(lines.map(({ weight, score, correctedScore }) => lineOf(weight, correctedScore ?? score)));
    const { scheme, schemeName, period, level, subject, title, asOf } = stored;
    return {
      id,
      ...{ scheme, schemeName, period, level, subject, title, asOf, lines },
      ...(typeof stored.total === "string" ? { total: stored.total } : {}),
      ...(own.length === 0 || total === undefined ? {} : { correctedTotal: decimal(total) }),
    };
  });
}

function lineOf(weight: number, score: number | undefined): { weight: number; score?: number } {
  return { weight, ...(score === undefined ? {} : { score }) };
}

/** A line with its last correction. */
function corrected(line: ScoredLine, corrections: readonly Correction[]): Result["lines"][number] {
  const correction = corrections.findLast(({ indicator }) => indicator === line.indicator);
  if (!correction) return line;
  const { score } = scored(line, { ...line, hundredths: hundredthsOf(correction.corrected) });
  return { ...line, correction, ...(score === undefined ? {} : { correctedScore: score }) };
}
