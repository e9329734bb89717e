import { parseArgs } from "node:util";
import { join, resolve } from "node:path";

/** How a kernel is started. */
export interface KernelOptions {
  /** The site's root: where `configs`, `plugins` and the built shell are. */
  root: string;
  port: number;
  host: string;
  /** Keys, database, files and the bus's store. */
  data: string;
  /** Empties the data folder first. */
  fresh: boolean;
  /** `sqlite:<file>` or `mysql://…`; a file in the data folder when absent. */
  database?: string;
  configs: string;
  /** Where audit anchors are written; best on another volume. */
  anchors: string;
  demo: boolean;
  /** Writes short lines for people to the console. */
  console: boolean;
}

/** The command line was called wrongly. */
export class UsageError extends Error {}

const HELP = `npm start -- [--port 8080] [--host 127.0.0.1] [--data .data] [--fresh] [--database mysql://user:password@host/name] [--configs configs] [--anchors .data/audit-anchors] [--no-demo]`;

/** Reads the command line. */
export function readOptions(args: string[], root: string): KernelOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        database: { type: "string" },
        configs: { type: "string" },
        anchors: { type: "string" },
        fresh: { type: "boolean" },
        "no-demo": { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  }
  const port = Number(values.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port ?? ""} is no port\n${HELP}`);
  const { database } = values;
  if (database !== undefined && !/^(mysql|mariadb):\/\/|^sqlite:/.test(database))
    throw new UsageError(`--database must begin with mysql:// or sqlite:\n${HELP}`);
  const data = resolve(values.data ?? join(root, ".data"));
  return {
    root,
    port,
    host: values.host ?? "127.0.0.1",
    data,
    fresh: values.fresh === true,
    ...(database === undefined ? {} : { database }),
    configs: resolve(values.configs ?? join(root, "configs")),
    anchors: resolve(values.anchors ?? join(data, "audit-anchors")),
    demo: values["no-demo"] !== true,
    console: true,
  };
}
