import { t, UsageError } from "@jinshui/cli";
import { JinshuiError, MachineClient, SignInClient } from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { Clients, FEDERATION_TABLES, SigningKeys } from "@jinshui/federation";
import type { Values } from "./admin-command.js";
import type { Operator, StoppedSite } from "./stopped-site.js";

/** `jinshui admin client …`: registers other systems and machines, whose secrets are printed and kept as digests. */
export async function clientCommand(
  { database, config, configs }: StoppedSite,
  [verb, id = "", ...more]: string[],
  values: Values,
  by: Operator,
): Promise<void> {
  if (more.length > 0 || (id === "") !== (verb === "list"))
    throw new UsageError(t("admin.words", { words: [id, ...more].join(" ") }));
  await database.ensureTables(FEDERATION_TABLES);
  const clients = new Clients(database, config);
  await clients.open(configs);
  switch (verb) {
    case "list":
      for (const client of await clients.list()) {
        const what =
          client.kind === "machine" ? `${client.bureau}  ${client.scopes.join(" ")}` : client.redirectUris[0];
        process.stdout.write(`${client.id}  ${client.title["zh-CN"]}  ${what ?? ""}\n`);
      }
      return;
    case "add":
      print(id, await add(clients, id, values, by));
      return;
    case "secret":
      print(id, await clients.renewSecret(id, by));
      return;
    case "remove":
      await clients.remove(id, by);
      return;
    default:
      throw new UsageError(t("admin.words", { words: verb }));
  }
}

function add(clients: Clients, id: string, values: Values, by: Operator): Promise<string | undefined> {
  const { title, bureau, scope, source, redirect, trusted } = values;
  if (title === undefined) throw new UsageError(t("client.title"));
  const named = { id, title: { "zh-CN": title } };
  if (scope !== undefined) {
    if (bureau === undefined) throw new UsageError(t("client.bureau"));
    const machine = checked(
      MachineClient,
      { ...named, scopes: scope, ...(source === undefined ? {} : { source }) },
      `client ${id}`,
    );
    return clients.add({ ...machine, bureau }, by);
  }
  if (redirect === undefined) throw new UsageError(t("client.kind"));
  const postLogoutRedirectUris = values["logout-redirect"];
  const system = checked(
    SignInClient,
    {
      ...named,
      redirectUris: redirect,
      ...(postLogoutRedirectUris === undefined ? {} : { postLogoutRedirectUris }),
      ...(trusted === true ? { trusted } : {}),
      ...(values.public === true ? { public: true } : {}),
    },
    `client ${id}`,
  );
  return clients.add(system, by);
}

/** `jinshui admin rotate-keys`: new keys for tokens at once, e.g. when the old ones may be known to others. */
export async function rotateKeys({ config, keysFolder, database }: StoppedSite, actor: Operator): Promise<void> {
  const [first] = config.bureaus;
  if (!first) throw new JinshuiError("invalid-file", "There is no bureau");
  await SigningKeys.open(keysFolder, { renew: "at-once" });
  await database.transaction((tx) => {
    tx.audit({ bureau: first.bureau, actor, action: "rotate-signing-keys", resource: "site/keys" });
    return Promise.resolve();
  });
}

function print(id: string, secret: string | undefined): void {
  if (secret !== undefined) process.stdout.write(`${id}\n${t("client.secret", { secret })}\n`);
}
