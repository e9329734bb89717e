import { parsedArguments, t, UsageError } from "@jinshui/cli";
import { SIGNATURE_TABLES, Verifier } from "@jinshui/signature";
import { openDatabase } from "@jinshui/storage";
import { type VerifiedMatter, verifyMatters, WORKFLOW_TABLES } from "@jinshui/workflow";
import { join } from "node:path";
import { type Store, storeOf } from "./arguments.js";

interface VerifyOptions extends Store {
  number: string | undefined;
  bureau: string | undefined;
  json: boolean;
}

/** `jinshui signature verify`: 0 all signatures hold, 1 one does not; what is thrown says why it could not be looked at. */
export function signatureVerify(args: string[], root: string): Promise<number> {
  const text = { type: "string" } as const;
  const options = { bureau: text, data: text, database: text, json: { type: "boolean" } } as const;
  const { values, positionals } = parsedArguments(args, options);
  const { bureau, json = false } = values;
  return verify({ ...storeOf(values, root), number: positionals[0], bureau, json });
}

async function verify({ data, database: url, number, bureau, json }: VerifyOptions): Promise<number> {
  const database = await openDatabase(url);
  try {
    await database.ensureTables([...SIGNATURE_TABLES, ...WORKFLOW_TABLES]);
    const only = { ...(number === undefined ? {} : { number }), ...(bureau === undefined ? {} : { bureau }) };
    if (number !== undefined && !(await database.findOne("wf_instance", only)))
      throw new UsageError(t("signature.noMatter", { number }));
    let [matters, faults] = [0, 0];
    for await (const matter of verifyMatters(database, new Verifier(join(data, "keys")), only)) {
      matters += 1;
      faults += matter.signatures.filter(({ valid }) => !valid).length;
      process.stdout.write(`${json ? JSON.stringify(matter) : linesOf(matter).join("\n")}\n`);
    }
    if (!json)
      process.stdout.write(
        `${faults === 0 ? t("signature.allHold", { n: matters }) : t("signature.faults", { n: faults })}\n`,
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
        `  ${valid ? t("signature.valid") : t("signature.invalid", { fault })}`,
        `${signer?.name ?? ""}${onBehalfOf ? t("signature.onBehalfOf", { name: onBehalfOf.name }) : ""}`,
        at ?? "",
        algorithm ?? "",
        serial ?? "",
      ].join(" "),
    ),
  ];
}
