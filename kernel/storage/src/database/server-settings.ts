import { dirname, isAbsolute } from "node:path";
import { QueryTypes, type Sequelize } from "sequelize";

/** A setting of the database server that is not as it should be. */
export interface ServerWarning {
  variable: string;
  value: string;
  wanted: string;
  /** What can happen because of it. */
  why: string;
  /** Whether commits that were acknowledged can be lost by it. */
  losesCommits: boolean;
}

interface Rule {
  variable: string;
  wanted: string;
  holds: (value: string, all: ReadonlyMap<string, string>) => boolean;
  why: string;
  losesCommits?: true;
}

const is =
  (...values: string[]) =>
  (value: string): boolean =>
    values.includes(value.toUpperCase());
const isOn = is("ON", "1");

/** `configs/deploy/mariadb.cnf` says the same with reasons. */
const RULES: Rule[] = [
  {
    variable: "innodb_flush_log_at_trx_commit",
    wanted: "1",
    holds: is("1"),
    why: "a power cut loses the commits of the last second",
    losesCommits: true,
  },
  {
    variable: "sync_binlog",
    wanted: "1 (or log_bin off)",
    holds: (value, all) => value === "1" || !isOn(all.get("log_bin") ?? "OFF"),
    why: "a power cut loses committed transactions that the binary log had not yet written",
    losesCommits: true,
  },
  {
    variable: "log_bin",
    wanted: "ON",
    holds: isOn,
    why: "there are no backups to the minute and no replicas",
  },
  {
    variable: "innodb_doublewrite",
    wanted: "ON",
    holds: (value) => value.toUpperCase() !== "OFF" && value !== "0",
    why: "a page half written in a power cut can't be repaired",
    losesCommits: true,
  },
  {
    variable: "binlog_format",
    wanted: "ROW",
    holds: is("ROW"),
    why: "statements replayed on a replica or from a backup may give other rows",
  },
  {
    variable: "sql_mode",
    wanted: "with STRICT_ALL_TABLES or STRICT_TRANS_TABLES",
    holds: (value) => /STRICT_(ALL|TRANS)_TABLES/i.test(value),
    why: "values that do not fit are cut off without an error",
  },
  {
    variable: "tx_isolation",
    wanted: "READ-COMMITTED, or innodb_snapshot_isolation=ON",
    holds: (value, all) => value.toUpperCase() === "READ-COMMITTED" || isOn(all.get("innodb_snapshot_isolation") ?? ""),
    why: "two writers can overwrite each other's changes",
  },
  {
    variable: "max_statement_time",
    wanted: "1 to 60 s",
    holds: (value) => Number(value) > 0 && Number(value) <= 60,
    why: "one bad query can hold a connection for ever",
  },
  {
    variable: "innodb_lock_wait_timeout",
    wanted: "at most 10",
    holds: (value) => Number(value) <= 10,
    why: "callers give up before the database does",
  },
  {
    variable: "innodb_rollback_on_timeout",
    wanted: "ON",
    holds: isOn,
    why: "after a lock wait half of a transaction could be committed",
  },
  {
    variable: "character_set_server",
    wanted: "utf8mb4",
    holds: is("UTF8MB4"),
    why: "tables made by hand can't hold all characters",
  },
];

/** What is wrong with the settings in a server's `SHOW VARIABLES`; variables it does not have are passed over. */
export function checkSettings(all: ReadonlyMap<string, string>): ServerWarning[] {
  return RULES.flatMap(({ variable, wanted, holds, why, losesCommits = false }) => {
    const value = all.get(variable);
    return value === undefined || holds(value, all) ? [] : [{ variable, value, wanted, why, losesCommits }];
  });
}

/** The folders that a server writes to, by its settings: its data and its binary log, which may fill a volume of its own. */
export function foldersOf(all: ReadonlyMap<string, string>): string[] {
  const log = all.get("log_bin_basename");
  return [all.get("datadir"), log === undefined ? undefined : dirname(log)].filter(
    (folder) => folder !== undefined && isAbsolute(folder),
  ) as string[];
}

/** Reads the settings as this kernel's sessions have them: what it sets for itself is no reason to warn. */
export async function readSettings(sequelize: Sequelize): Promise<Map<string, string>> {
  const rows = await sequelize.query<Record<string, string>>("SHOW VARIABLES", { type: QueryTypes.SELECT });
  return new Map(rows.map((row) => [String(row["Variable_name"]).toLowerCase(), String(row["Value"])]));
}
