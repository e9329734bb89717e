import { parsedArguments, t, UsageError } from "@jinshui/cli";
import { SchemaContraction } from "@jinshui/storage";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { storeOf } from "./arguments.js";

interface SchemaOptions {
  verb: "leftovers" | "drop" | "restore";
  names: string[];
  database: string;
  backup: string;
  json: boolean;
}

/** `jinshui schema …`: columns that no version needs any more. */
export async function schemaCommand(verb: SchemaOptions["verb"], args: string[], root: string): Promise<number> {
  const options = readOptions(verb, args, root);
  const schema = await SchemaContraction.open(options.database);
  try {
    for (const line of await carryOut(schema, options)) process.stdout.write(`${line}\n`);
    return 0;
  } finally {
    await schema.close();
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
        lines.push(t("schema.leftover", { column: `${table}.${column}`, type, values }));
      return lines.length > 0 ? lines : [t("schema.none")];
    }
    case "drop":
      for (const name of options.names) {
        const [table = "", column = ""] = name.split(".");
        const { file, values, sha256 } = await schema.drop(table, column, options.backup, operator);
        lines.push(t("schema.dropped", { column: name, values, file, sha256 }));
      }
      return lines;
    case "restore":
      for (const file of options.names) {
        const { table, column, values } = await schema.restore(resolve(file), operator);
        lines.push(t("schema.restored", { column: `${table}.${column}`, values }));
      }
      return lines;
  }
}

function readOptions(verb: SchemaOptions["verb"], args: string[], root: string): SchemaOptions {
  const text = { type: "string" } as const;
  const options = { data: text, database: text, backup: text, json: { type: "boolean" } } as const;
  const { values, positionals: names } = parsedArguments(args, options);
  if (verb !== "leftovers" && names.length === 0)
    throw new UsageError(t(verb === "drop" ? "schema.columns" : "schema.backups"));
  if (verb === "drop" && values.backup === undefined) throw new UsageError(t("schema.backup"));
  if (verb === "drop" && !names.every((name) => /^\w+\.\w+$/.test(name))) throw new UsageError(t("schema.form"));
  const { database } = storeOf(values, root);
  return { verb, names, database, backup: resolve(values.backup ?? "."), json: values.json === true };
}
