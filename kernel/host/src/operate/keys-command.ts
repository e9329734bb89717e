import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../options.js";
import { SITE_KEYS } from "./site-keys.js";
import { onStoppedSite, operator, type SitePlace } from "./stopped-site.js";

const USAGE = `用法 · usage: npm run -s jinshui -- keys list
                              keys renew NAME …
    [--data .data] [--database mysql://user:password@host/name] [--configs configs] [--anchors DIR]`;

/** `jinshui keys …`: the keys of a site, and new ones on the stopped site. 0 done, 1 refused, 2 not understood. */
export async function keysCommand(args: string[], root: string): Promise<number> {
  try {
    const { verb, names, place, data, anchors } = readArguments(args, root);
    if (verb === "list" && names.length === 0) await list(join(data, "keys"));
    else if (verb === "renew" && names.length > 0) await renew(names, place, { root, anchors });
    else throw new UsageError(`没有命令 · there is no command "keys ${args.join(" ")}"`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}\n`);
    else if (isJinshuiError(error)) process.stderr.write(`没有执行 · refused: ${error.message}\n`);
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  }
}

async function list(keysFolder: string): Promise<void> {
  for (const { name, files, what } of SITE_KEYS) {
    const made = await stat(join(keysFolder, files[0] ?? "")).then(
      ({ mtime }) => mtime.toISOString().slice(0, 10),
      () => "—".padEnd(10),
    );
    process.stdout.write(`${name.padEnd(18)}  ${made}  ${what}\n`);
  }
}

async function renew(
  names: readonly string[],
  place: SitePlace,
  paths: { root: string; anchors: string },
): Promise<void> {
  const keys = names.map((name) => {
    const key = SITE_KEYS.find((known) => known.name === name);
    if (!key) throw new UsageError(`没有密钥“${name}” · there is no key "${name}", see keys list`);
    return key;
  });
  await onStoppedSite(place, paths.root, async (site) => {
    const [first] = site.config.bureaus;
    if (!first) throw new JinshuiError("invalid-file", "There is no bureau");
    for (const key of keys) {
      const entry = { bureau: first.bureau, action: "renew-key", resource: `site/keys/${key.name}` };
      await key.renew({ ...site, anchors: paths.anchors }, (tx) => tx.audit({ ...entry, actor: operator() }));
      process.stdout.write(`${key.name}：已更换 · renewed\n`);
    }
  });
}

function readArguments(
  args: string[],
  root: string,
): { verb: string | undefined; names: string[]; place: SitePlace; data: string; anchors: string } {
  const text = { type: "string" } as const;
  try {
    const options = { data: text, database: text, configs: text, anchors: text };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { anchors, ...place } = values;
    const [verb, ...names] = positionals;
    const data = resolve(values.data ?? join(root, ".data"));
    return { verb, names, place, data, anchors: resolve(anchors ?? join(data, "audit-anchors")) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
