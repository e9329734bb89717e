import { isJinshuiError } from "@jinshui/contracts";
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
import { parseArgs } from "node:util";
import { ANCHOR_KEY } from "../data-folder.js";
import { UsageError } from "../options.js";
import { reportLines } from "./audit-report.js";

const USAGE = `用法 · usage: npm run -s jinshui -- audit verify [--bureau ID] [--since SEQ] [--json]
    [--data .data] [--database mysql://user:password@host/name] [--anchors DIR|FILE] [--key FILE.pem]
    --without-anchors  只核对链本身，整段重写和截尾无从发现 · the chains alone: rewritten or cut ones would pass`;

interface VerifyOptions {
  data: string;
  database: string;
  anchors: string;
  key: string | undefined;
  bureau: string | undefined;
  since: number;
  json: boolean;
  withoutAnchors: boolean;
}

/** `jinshui audit …`: 0 all chains are whole, 1 one is not, 2 it could not be looked at. */
export async function auditCommand(args: string[], root: string): Promise<number> {
  try {
    return await verify(readArguments(args, root));
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}\n`);
    else if (isJinshuiError(error)) process.stderr.write(`无法检查：${error.message}\n`);
    else throw error;
    return 2;
  }
}

async function verify(options: VerifyOptions): Promise<number> {
  const key = options.withoutAnchors ? undefined : await trustedKey(options);
  const own = await readFile(ownKey(options), "utf8").then(readAnchorKey, () => undefined);
  const retired = own !== undefined && own.id !== key?.id;
  const database = await openDatabase(options.database);
  try {
    const known = await allBureaus(database, options.anchors);
    const { bureau } = options;
    if (bureau !== undefined && !known.includes(bureau))
      throw new UsageError(
        `没有单位“${bureau}”的审计记录，有记录的是：${known.join("、")} · there are no audit entries of "${bureau}"`,
      );
    const bureaus = bureau === undefined ? known : [bureau];
    let whole = true;
    for (const each of bureaus) {
      const started = performance.now();
      const report = await verifyAudit(database, {
        bureau: each,
        since: options.since,
        ...(key ? { anchors: { file: fileOf(options.anchors, each), key, retired } } : {}),
      });
      print(report, performance.now() - started, options.json);
      whole &&= report.problems.length === 0;
    }
    if (!options.json) process.stdout.write(summary(bureaus.length, whole, key));
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

function summary(bureaus: number, whole: boolean, key: AnchorKey | undefined): string {
  if (bureaus === 0) return "没有审计记录 · there are no audit entries\n";
  const signer = key ? `，锚点公钥 ${key.id}` : "，未核对锚点";
  return whole
    ? `全部完好（${bureaus} 个单位${signer}） · all chains are whole\n`
    : `发现篡改或损坏${signer} · tampering or damage was found\n`;
}

function readArguments(args: string[], root: string): VerifyOptions {
  const [verb, ...rest] = args;
  if (verb !== "verify") throw new UsageError(`没有命令 · there is no command "audit ${verb ?? ""}"`);
  let values;
  try {
    const text = { type: "string" } as const;
    const options = { bureau: text, since: text, data: text, database: text, anchors: text, key: text };
    ({ values } = parseArgs({
      args: rest,
      options: { ...options, json: { type: "boolean" }, "without-anchors": { type: "boolean" } },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const since = Number(values.since ?? 1);
  if (!Number.isSafeInteger(since) || since < 1) throw new UsageError(`--since ${values.since ?? ""}: 应为正整数`);
  const data = resolve(values.data ?? join(root, ".data"));
  const database = values.database ?? `sqlite:${join(data, "site.sqlite")}`;
  const file = /^sqlite:(.*)$/.exec(database)?.[1];
  if (file !== undefined && !existsSync(file)) throw new UsageError(`没有数据库 · there is no database ${file}`);
  const anchors = resolve(values.anchors ?? join(data, "audit-anchors"));
  if (values.anchors !== undefined && !existsSync(anchors))
    throw new UsageError(`没有锚点 · there are no anchors at ${anchors}`);
  return {
    data,
    database,
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
  if (key !== undefined && !existsSync(key)) throw new UsageError(`没有公钥文件 · there is no key ${key}`);
  const folder = isFolder(anchors) ? anchors : join(anchors, "..");
  const file = [key, ownKey({ data }), publicKeyFile(folder)].find(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  if (file === undefined)
    throw new UsageError(
      "没有锚点公钥，无法核对锚点；用 --key 指定 · there is no key to check anchors with; name one with --key",
    );
  return readAnchorKey(await readFile(file, "utf8"));
}

function ownKey({ data }: Pick<VerifyOptions, "data">): string {
  return join(data, "keys", ANCHOR_KEY);
}

async function allBureaus(database: Database, anchors: string): Promise<string[]> {
  const chains = await database.find("audit_chain", { columns: ["bureau"] });
  const anchored = isFolder(anchors) ? await anchoredBureaus(anchors) : [];
  const all = [...chains.map((row) => String(row["bureau"])), ...(await auditedBureaus(database)), ...anchored];
  return [...new Set(all)].sort();
}

function fileOf(anchors: string, bureau: string): string {
  return isFolder(anchors) || !existsSync(anchors) ? anchorFile(anchors, bureau) : anchors;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
