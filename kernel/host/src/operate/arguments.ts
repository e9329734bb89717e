import { t, UsageError } from "@jinshui/cli";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where a site's own data are, as a command line names them. */
export interface Store {
  data: string;
  database: string;
}

/** @throws UsageError where the database is a file that is not there. */
export function storeOf(values: { data?: string | undefined; database?: string | undefined }, root: string): Store {
  const data = resolve(values.data ?? join(root, ".data"));
  const database = values.database ?? `sqlite:${join(data, "site.sqlite")}`;
  const file = /^sqlite:(.*)$/.exec(database)?.[1];
  if (file !== undefined && !existsSync(file)) throw new UsageError(t("operate.noDatabase", { file }));
  return { data, database };
}
