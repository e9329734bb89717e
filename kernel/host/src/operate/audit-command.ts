import { parsedArguments, t, UsageError } from "@jinshui/cli";
import {
  type AnchorKey,
  anchoredBureaus,
  anchorFile,
  auditedBureaus,
  type AuditReport,
  type Database,
  openDatabase,
  publicKeyFile,
  readAnchorKey,
  verifyAudit,
} from "@jinshui/storage";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readConfiguration } from "../configuration.js";
import { ANCHOR_KEY } from "../data-folder.js";
import { type Store, storeOf } from "./arguments.js";
import { reportLines } from "./audit-report.js";

interface VerifyOptions extends Store {
  configs: string;
  anchors: string;
  key: string | undefined;
  bureau: string | undefined;
  since: number;
  json: boolean;
  withoutAnchors: boolean;
}

/** `jinshui audit verify`: 0 all chains are whole, 1 one is not; what is thrown says why it could not be looked at. */
export async function auditVerify(args: string[], root: string): Promise<number> {
  const options = readOptions(args, root);
  const key = options.withoutAnchors ? undefined : await trustedKey(options);
  const own = await readFile(ownKey(options), "utf8").then(readAnchorKey, () => undefined);
  const retired = own !== undefined && own.id !== key?.id;
  const database = await openDatabase(options.database);
  try {
    const audited = await auditedIn(database, options.anchors);
    const known = [...new Set([...audited, ...bureausOf(options.configs)])].sort();
    const { bureau, json } = options;
    if (bureau !== undefined && !known.includes(bureau))
      throw new UsageError(t("audit.noBureau", { bureau, known: known.join(t("audit.separator")) }));
    let whole = true;
    for (const each of bureau === undefined ? known : [bureau]) {
      if (!audited.has(each)) {
        process.stdout.write(`${json ? JSON.stringify(emptyReport(each)) : t("audit.empty", { bureau: each })}\n`);
        continue;
      }
      const started = performance.now();
      const report = await verifyAudit(database, {
        bureau: each,
        since: options.since,
        ...(key ? { anchors: { file: fileOf(options.anchors, each), key, retired } } : {}),
      });
      print(report, performance.now() - started, json);
      whole &&= report.problems.length === 0;
    }
    if (!json) process.stdout.write(`${summary(audited.size, whole, key)}\n`);
    return whole ? 0 : 1;
  } finally {
    await database.close();
  }
}

function print(report: AuditReport, elapsedMs: number, json: boolean): void {
  const entriesPerSecond = Math.round(report.entries / Math.max(elapsedMs / 1_000, 0.001));
  const lines = json ? [JSON.stringify({ ...report, entriesPerSecond })] : reportLines(report, entriesPerSecond);
  process.stdout.write(`${lines.join("\n")}\n`);
}

function emptyReport(bureau: string): Pick<AuditReport, "bureau" | "entries" | "waiting" | "anchors" | "problems"> {
  return { bureau, entries: 0, waiting: 0, anchors: 0, problems: [] };
}

function summary(bureaus: number, whole: boolean, key: AnchorKey | undefined): string {
  const signer = key ? t("audit.key", { key: key.id }) : t("audit.withoutAnchors");
  if (!whole) return t("audit.tampered", { signer });
  return bureaus === 0 ? t("audit.nothing") : t("audit.whole", { n: bureaus, signer });
}

function readOptions(args: string[], root: string): VerifyOptions {
  const text = { type: "string" } as const;
  const yes = { type: "boolean" } as const;
  const places = { data: text, database: text, configs: text, anchors: text, key: text };
  const { values, positionals } = parsedArguments(args, {
    ...places,
    bureau: text,
    since: text,
    json: yes,
    "without-anchors": yes,
  });
  if (positionals.length > 0) throw new UsageError(t("arguments.extra", { option: positionals.join(" ") }));
  const since = Number(values.since ?? 1);
  if (!Number.isSafeInteger(since) || since < 1) throw new UsageError(t("audit.since", { since: values.since }));
  const store = storeOf(values, root);
  const anchors = resolve(values.anchors ?? join(store.data, "audit-anchors"));
  if (values.anchors !== undefined && !existsSync(anchors)) throw new UsageError(t("audit.noAnchors", { anchors }));
  return {
    ...store,
    configs: resolve(values.configs ?? join(root, "configs")),
    anchors,
    key: values.key,
    bureau: values.bureau,
    since,
    json: values.json === true,
    withoutAnchors: values["without-anchors"] === true,
  };
}

/** The key that anchors must be signed with: the one given, this site's own, or the one beside the anchors, which proves least. */
async function trustedKey({ key, data, anchors }: VerifyOptions): Promise<AnchorKey> {
  if (key !== undefined && !existsSync(key)) throw new UsageError(t("audit.noKeyFile", { key }));
  const folder = isFolder(anchors) ? anchors : join(anchors, "..");
  const file = [key, ownKey({ data }), publicKeyFile(folder)].find(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  if (file === undefined) throw new UsageError(t("audit.noKey"));
  return readAnchorKey(await readFile(file, "utf8"));
}

function ownKey({ data }: Pick<VerifyOptions, "data">): string {
  return join(data, "keys", ANCHOR_KEY);
}

/** Bureaus that have entries or anchors: what is gone of them is a finding. */
async function auditedIn(database: Database, anchors: string): Promise<Set<string>> {
  const chains = await database.find("audit_chain", { columns: ["bureau"] });
  const anchored = isFolder(anchors) ? await anchoredBureaus(anchors) : [];
  return new Set([...chains.map((row) => String(row["bureau"])), ...(await auditedBureaus(database)), ...anchored]);
}

/** Bureaus of the site's configuration, where it is at hand: an auditor may have the database alone. */
function bureausOf(configs: string): string[] {
  if (!existsSync(join(configs, "base.yaml"))) return [];
  return readConfiguration(configs, false).bureaus.map(({ bureau }) => bureau);
}

function fileOf(anchors: string, bureau: string): string {
  return isFolder(anchors) || !existsSync(anchors) ? anchorFile(anchors, bureau) : anchors;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
