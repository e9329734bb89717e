import type { ErrorBody, Filter, ImportProblem, RowScope, TransferJob, TransferState } from "@jinshui/contracts";
import type { AuditClient } from "../audit/request.js";
import type { Row } from "../database/table.js";

/** Who asked for a job, and what the audit trail says of the request. */
interface Asker {
  caller: string;
  trace: string;
  client?: AuditClient;
  onBehalfOf?: { id: string; name: string };
}

export interface ImportRequest {
  file: string;
  name: string;
  key?: string;
  checkOnly: boolean;
  ignoreUnknown: boolean;
}

export interface ExportRequest {
  filter?: Filter;
  search?: string;
  sort?: string[];
  rows?: RowScope;
  fields?: string[];
  format: "xlsx" | "csv";
  encoding?: "utf-8" | "gb18030";
}

/** How far a job is. */
export interface Progress {
  done: number;
  total?: number;
  inserted: number;
  updated: number;
  unchanged: number;
  valid: number;
  problemRows: number;
  problemCount: number;
  problems: ImportProblem[];
  ignored?: string[];
  /** The file's own heading, for the error file. */
  heading?: [number, string][];
}

/** A job as it lies in its table. */
export interface Job {
  id: string;
  bureau: string;
  kind: "import" | "export";
  collection: string;
  state: TransferState;
  owner: { id: string; name: string };
  asker: Asker;
  request: ImportRequest | ExportRequest;
  lastRow: number;
  progress: Progress;
  result?: string;
  error?: ErrorBody;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
}

export const NOTHING_DONE: Progress = {
  done: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  valid: 0,
  problemRows: 0,
  problemCount: 0,
  problems: [],
};

export function jobOf(row: Row): Job {
  const { asker, ...request } = row["request"] as (ImportRequest | ExportRequest) & { asker: Asker };
  const optional = {
    result: row["result"],
    error: row["error"],
    startedAt: row["started_at"],
    finishedAt: row["finished_at"],
  };
  return {
    id: String(row["id"]),
    bureau: String(row["bureau"]),
    kind: row["kind"] as Job["kind"],
    collection: String(row["collection"]),
    state: row["state"] as TransferState,
    owner: { id: String(row["owner"]), name: String(row["owner_name"]) },
    asker,
    request,
    lastRow: Number(row["last_row"]),
    progress: row["progress"] as Progress,
    createdAt: String(row["created_at"]),
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<Job>),
  };
}

/** A job as its owner sees it, without the file it has made. */
export function jobView(job: Job): Omit<TransferJob, "result"> {
  const { id, kind, collection, state, owner, progress, error, createdAt, startedAt, finishedAt } = job;
  const { heading: _heading, ...seen } = progress;
  return {
    id,
    kind,
    collection,
    state,
    by: owner,
    createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(job.kind === "import" && (job.request as ImportRequest).checkOnly ? { checkOnly: true } : {}),
    ...seen,
    ...(error === undefined ? {} : { error }),
  };
}
