import type { TransfersConfig } from "@jinshui/contracts";

/** What imports and exports may take of a site. */
export interface TransferLimits {
  /** Rows of one. */
  maxRows: number;
  /** How many go on at the same time. */
  atOnce: number;
  /** How many of one person may wait or go on. */
  perPerson: number;
  /** Rows in one transaction of an import. */
  batch: number;
  /** Rows that are read at once for an export. */
  page: number;
  /** Rows that an error file holds. */
  keptProblems: number;
}

/** Limits by the site's configuration. */
export function transferLimits(config: TransfersConfig = {}): TransferLimits {
  return {
    maxRows: config.maxRows ?? 1_000_000,
    atOnce: config.atOnce ?? 2,
    perPerson: 10,
    batch: 1_000,
    page: 1_000,
    keptProblems: 50_000,
  };
}
