import { isJinshuiError } from "@jinshui/contracts";
import { SchemaContraction } from "@jinshui/storage";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../options.js";

const USAGE = `用法 · usage: npm run -s jinshui -- schema leftovers [--json]
                              schema drop TABLE.COLUMN … --backup DIR
                              schema restore FILE …
    [--data .data] [--database mysql://user:password@host/name]`;

interface SchemaOptions {
  verb: "leftovers" | "drop" | "restore";
  names: string[];
  database: string;
  backup: string;
  json: boolean;
}

/** `jinshui schema …`: columns that no version needs any more. 0 done, 1 refused, 2 not understood. */
export async function schemaCommand(args: string[], root: string): Promise<number> {
  let schema: SchemaContraction | undefined;
  try {
    const options = readArguments(args, root);
    schema = await SchemaContraction.open(options.database);
    for (const line of await carryOut(schema, options)) process.stdout.write(`${line}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n${USAGE}\n`);
    else if (isJinshuiError(error)) process.stderr.write(`没有执行 · refused: ${error.message}\n`);
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  } finally {
    await schema?.close();
  }
}

async function carryOut(schema: SchemaContraction, options: SchemaOptions): Promise<string[]> {
  const operator = userInfo().username;
  const lines: string[] = [];
  switch (options.verb) {
    case "leftovers": {
      const leftovers = await schema.leftovers();
      if (options.json) return [JSON.stringify(leftovers)];
      for (const { table, column, type, values } of leftovers)
        lines.push(`${table}.${column}  ${type}  ${values} 个值 · values`);
      return lines.length > 0 ? lines : ["没有多余的列 · nothing is left over"];
    }
    case "drop":
      for (const name of options.names) {
        const [table = "", column = ""] = name.split(".");
        const { file, values, sha256 } = await schema.drop(table, column, options.backup, operator);
        lines.push(`已删除 · dropped ${name}：${values} 个值备份于 · values are in ${file} (SHA-256 ${sha256})`);
      }
      return lines;
    case "restore":
      for (const file of options.names) {
        const { table, column, values } = await schema.restore(resolve(file), operator);
        lines.push(`已恢复 · restored ${table}.${column}：${values} 个值 · values`);
      }
      return lines;
  }
}

function readArguments(args: string[], root: string): SchemaOptions {
  const [verb, ...rest] = args;
  if (verb !== "leftovers" && verb !== "drop" && verb !== "restore")
    throw new UsageError(`没有命令 · there is no command "schema ${verb ?? ""}"`);
  const text = { type: "string" } as const;
  let parsed;
  try {
    const options = { data: text, database: text, backup: text, json: { type: "boolean" } } as const;
    parsed = parseArgs({ args: rest, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals: names } = parsed;
  if (verb !== "leftovers" && names.length === 0)
    throw new UsageError(verb === "drop" ? "请写明列 · name columns" : "请写明备份文件 · name backups");
  if (verb === "drop" && values.backup === undefined)
    throw new UsageError("请用 --backup 指定备份目录 · say where the backup goes: --backup DIR");
  if (verb === "drop" && !names.every((name) => /^\w+\.\w+$/.test(name)))
    throw new UsageError("列写作 表.列 · columns are written TABLE.COLUMN");
  const data = resolve(values.data ?? join(root, ".data"));
  const database = values.database ?? `sqlite:${join(data, "site.sqlite")}`;
  const file = /^sqlite:(.*)$/.exec(database)?.[1];
  if (file !== undefined && !existsSync(file)) throw new UsageError(`没有数据库 · there is no database ${file}`);
  return { verb, names, database, backup: resolve(values.backup ?? "."), json: values.json === true };
}
