import { parsedArguments, t, UsageError } from "@jinshui/cli";
import { JinshuiError } from "@jinshui/contracts";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SITE_KEYS } from "./site-keys.js";
import { onStoppedSite, operator, type SitePlace } from "./stopped-site.js";

/** `jinshui keys …`: the keys of a site, and new ones on the stopped site. */
export async function keysCommand(verb: "list" | "renew", args: string[], root: string): Promise<number> {
  const text = { type: "string" } as const;
  const options = { data: text, database: text, configs: text, anchors: text };
  const { values, positionals: names } = parsedArguments(args, options);
  const { anchors, ...place } = values;
  const data = resolve(values.data ?? join(root, ".data"));
  if (verb === "list") {
    if (names.length > 0) throw new UsageError(t("admin.words", { words: names.join(" ") }));
    await list(join(data, "keys"));
    return 0;
  }
  if (names.length === 0) throw new UsageError(t("keys.which"));
  await renew(names, place, { root, anchors: resolve(anchors ?? join(data, "audit-anchors")) });
  return 0;
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
    if (!key) throw new UsageError(t("keys.unknown", { name }));
    return key;
  });
  await onStoppedSite(place, paths.root, async (site) => {
    const [first] = site.config.bureaus;
    if (!first) throw new JinshuiError("invalid-file", "There is no bureau");
    for (const key of keys) {
      const entry = { bureau: first.bureau, action: "renew-key", resource: `site/keys/${key.name}` };
      await key.renew({ ...site, anchors: paths.anchors }, (tx) => tx.audit({ ...entry, actor: operator() }));
      process.stdout.write(`${t("keys.renewed", { name: key.name })}\n`);
    }
  });
}
