import { isJinshuiError } from "@jinshui/contracts";
import { SIGNATURE_TABLES, Verifier } from "@jinshui/signature";
import { openDatabase } from "@jinshui/storage";
import { type VerifiedMatter, verifyMatters, WORKFLOW_TABLES } from "@jinshui/workflow";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../options.js";

const USAGE = `用法 · usage: npm run -s jinshui -- signature verify [NUMBER] [--bureau ID] [--json]
    [--data .data] [--database mysql://user:password@host/name]`;

interface VerifyOptions {
  data: string;
  database: string;
  number: string | undefined;
  bureau: string | undefined;
  json: boolean;
}

/** `jinshui signature verify`: 0 all signatures hold, 1 one does not, 2 it could not be looked at. */
export async function signatureCommand(args: string[], root: string): Promise<number> {
  try {
    return await verify(readArguments(args, root));
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}\n`);
    else if (isJinshuiError(error)) process.stderr.write(`无法检查：${error.message}\n`);
    else throw error;
    return 2;
  }
}

async function verify({ data, database: url, number, bureau, json }: VerifyOptions): Promise<number> {
  const database = await openDatabase(url);
  try {
    await database.ensureTables([...SIGNATURE_TABLES, ...WORKFLOW_TABLES]);
    const only = { ...(number === undefined ? {} : { number }), ...(bureau === undefined ? {} : { bureau }) };
    if (number !== undefined && !(await database.findOne("wf_instance", only)))
      throw new UsageError(`没有编号为 ${number} 的办件 · there is no matter ${number}`);
    let [matters, faults] = [0, 0];
    for await (const matter of verifyMatters(database, new Verifier(join(data, "keys")), only)) {
      matters += 1;
      faults += matter.signatures.filter(({ valid }) => !valid).length;
      process.stdout.write(`${json ? JSON.stringify(matter) : linesOf(matter).join("\n")}\n`);
    }
    if (!json)
      process.stdout.write(
        faults === 0
          ? `签名全部有效（${matters} 件） · all signatures of ${matters} matters hold\n`
          : `${faults} 个签名无效 · signatures do not hold\n`,
      );
    return faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

function linesOf({ bureau, number, title, signatures }: VerifiedMatter): string[] {
  return [
    `${bureau} ${number} ${title}`,
    ...signatures.map(({ valid, fault, signer, onBehalfOf, at, algorithm, serial }) =>
      [
        valid ? "  有效 · valid  " : `  无效 · ${fault ?? "invalid"}  `,
        `${signer?.name ?? ""}${onBehalfOf ? `（代${onBehalfOf.name}）` : ""}`,
        at ?? "",
        algorithm ?? "",
        serial ?? "",
      ].join(" "),
    ),
  ];
}

function readArguments(args: string[], root: string): VerifyOptions {
  const [verb, ...rest] = args;
  if (verb !== "verify") throw new UsageError(`没有命令 · there is no command "signature ${verb ?? ""}"`);
  let parsed;
  try {
    const text = { type: "string" } as const;
    const options = { bureau: text, data: text, database: text, json: { type: "boolean" } } as const;
    parsed = parseArgs({ args: rest, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const data = resolve(values.data ?? join(root, ".data"));
  const database = values.database ?? `sqlite:${join(data, "site.sqlite")}`;
  const file = /^sqlite:(.*)$/.exec(database)?.[1];
  if (file !== undefined && !existsSync(file)) throw new UsageError(`没有数据库 · there is no database ${file}`);
  return { data, database, number: positionals[0], bureau: values.bureau, json: values.json === true };
}
