import type { Auth, OneTimePassword } from "@jinshui/auth";
import { parsedArguments, t, UsageError } from "@jinshui/cli";
import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import { clientCommand, rotateKeys } from "./client-command.js";
import { onStoppedSite, operator } from "./stopped-site.js";

/** The three who administer a site and watch each other: option of the command, position. */
const POSITIONS = [
  ["system", "system-administrator"],
  ["security", "security-administrator"],
  ["audit", "audit-administrator"],
] as const;

type Text = "data" | "database" | "configs" | "bureau" | "department" | "system" | "security" | "audit";
/** The command's options. */
export type Values = Partial<Record<Text | "title" | "source", string>> &
  Partial<Record<"redirect" | "logout-redirect" | "scope", string[]>> &
  Partial<Record<"trusted" | "public", boolean>>;

/** `jinshui admin …`: accounts and clients that nobody inside the stopped site could make. */
export async function adminCommand(args: string[], root: string): Promise<number> {
  const [verb, ...rest] = args;
  const { values, positionals } = readArguments(rest);
  if (verb === "create" && positionals.length === 0)
    await onStoppedSite(values, root, ({ auth, database }) => create(auth, database, values));
  else if (verb === "reset-password" && positionals.length === 1)
    await onStoppedSite(values, root, ({ auth, database }) => reset(auth, database, positionals[0] ?? ""));
  else if (verb === "client")
    await onStoppedSite(values, root, (site) => clientCommand(site, positionals, values, operator()));
  else if (verb === "rotate-keys" && positionals.length === 0)
    await onStoppedSite(values, root, (site) => rotateKeys(site, operator()));
  else throw new UsageError(t("admin.words", { words: positionals.join(" ") }));
  return 0;
}

async function create(auth: Auth, database: Database, values: Values): Promise<void> {
  const { organisation, accounts } = auth;
  const people = POSITIONS.map(([option, position]) => ({ position, ...personOf(option, values[option]) }));
  const there = await database.count("holding", { position: { in: POSITIONS.map(([, position]) => position) } });
  if (there > 0) throw new JinshuiError("conflict", t("admin.alreadyThere"));
  const missing = people.find(({ position }) => !organisation.hasPosition(position));
  if (missing) throw new JinshuiError("conflict", t("admin.noPosition", missing));
  const bureau = organisation.bureau(values.bureau ?? organisation.bureaus()[0]?.bureau ?? "");
  if (!bureau) throw new JinshuiError("invalid-request", t("admin.noBureau", values));
  const department = values.department ?? bureau.departments[0]?.id ?? "";
  const made = await accounts.addHolders(
    people.map((person) => ({ ...person, bureau: bureau.bureau, department })),
    operator(),
  );
  for (const [index, { position, name, username }] of people.entries())
    print(`${organisation.positionTitle(position)["zh-CN"]}  ${name}  ${username}`, made[index]);
}

async function reset(auth: Auth, database: Database, username: string): Promise<void> {
  const row = await database.findOne("person", { username });
  if (!row || row["disabled_for"] === "left") throw new JinshuiError("not-found", t("admin.noPerson", { username }));
  const made = await auth.accounts.reset(row, {
    byOperator: true,
    also: (tx) =>
      tx.audit({
        bureau: String(row["bureau"]),
        actor: operator(),
        action: "reset-password",
        resource: `person/${String(row["id"])}`,
      }),
  });
  print(`${String(row["name"])}  ${username}`, made);
}

function print(who: string, made: OneTimePassword | undefined): void {
  if (!made) return;
  process.stdout.write(
    `${who}\n${t("admin.password", { password: made.password, until: made.validUntil.slice(0, 10) })}\n`,
  );
}

function personOf(option: string, value: string | undefined): { username: string; name: string } {
  const [, username, name] = /^([a-z][a-z0-9.-]{1,39}):(.{1,60})$/.exec(value ?? "") ?? [];
  if (username === undefined || name === undefined) throw new UsageError(t("admin.person", { option, value }));
  return { username, name };
}

function readArguments(args: string[]): { values: Values; positionals: string[] } {
  const text = { type: "string" } as const;
  const list = { type: "string", multiple: true } as const;
  const yes = { type: "boolean" } as const;
  const people = { bureau: text, department: text, system: text, security: text, audit: text };
  const clients = { title: text, source: text, redirect: list, "logout-redirect": list, scope: list };
  const options = { data: text, database: text, configs: text, ...people, ...clients, trusted: yes, public: yes };
  return parsedArguments(args, options);
}
