import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

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
  /** Does so without asking. */
  yes: boolean;
  /** `sqlite:<file>` or `mysql://…`; a file in the data folder when absent. */
  database?: string;
  configs: string;
  /** Folders of plugins, or of one each, besides those that the configuration names. */
  plugins?: string[];
  /** Where audit anchors are written; best on another volume. */
  anchors: string;
  demo: boolean;
  /** No plugin is on, whatever is wanted: for a look at what is wrong. */
  safeMode?: boolean;
  /** Folders that plugins may read besides their own and the SDK. */
  modules?: string[];
  /** Writes short lines for people to the console. */
  console: boolean;
}

/** The command line was called wrongly. */
export class UsageError extends Error {}

/** What is said of every option, in Chinese and English; the launcher prints it without a build. */
export function usage(root: string): string {
  return readFileSync(join(root, "kernel/host/usage.txt"), "utf8");
}

const SEE_HELP = "用法见 npm start -- --help · see npm start -- --help";

/** Whether somebody only wants to know the options. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes("--help") || args.includes("-h");
}

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
        plugins: { type: "string", multiple: true },
        anchors: { type: "string" },
        fresh: { type: "boolean" },
        yes: { type: "boolean" },
        "no-demo": { type: "boolean" },
        "safe-mode": { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${SEE_HELP}`);
  }
  const port = Number(values.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port ?? ""} is no port\n${SEE_HELP}`);
  const { database } = values;
  if (database !== undefined && !/^(mysql|mariadb):\/\/|^sqlite:/.test(database))
    throw new UsageError(`--database must begin with mysql:// or sqlite:\n${SEE_HELP}`);
  const data = resolve(values.data ?? join(root, ".data"));
  return {
    root,
    port,
    host: values.host ?? "127.0.0.1",
    data,
    fresh: values.fresh === true,
    yes: values.yes === true,
    ...(database === undefined ? {} : { database }),
    configs: resolve(values.configs ?? join(root, "configs")),
    plugins: (values.plugins ?? []).map((folder) => existing(resolve(folder))),
    anchors: resolve(values.anchors ?? join(data, "audit-anchors")),
    demo: values["no-demo"] !== true,
    safeMode: values["safe-mode"] === true,
    console: true,
  };
}

function existing(folder: string): string {
  if (existsSync(folder)) return folder;
  throw new UsageError(`--plugins ${folder} 不存在 · is not there\n${SEE_HELP}`);
}
