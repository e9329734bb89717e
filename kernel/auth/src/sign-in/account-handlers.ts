import {
  type AccountApi,
  type ActorClaims,
  type Context,
  type Handlers,
  isJinshuiError,
  JinshuiError,
  SECURITY_PERMISSION,
} from "@jinshui/contracts";
import type { Database, Transaction } from "@jinshui/storage";
import type { AccessControl } from "../access-control.js";
import type { Person } from "../people/organisation.js";
import { requirePerson } from "../people/requirements.js";
import type { Sessions } from "../session/sessions.js";
import type { OwnPasswords } from "./own-passwords.js";
import type { SecondFactors } from "./second-factors.js";
import type { SignIn } from "./sign-in.js";

/** What people do with their own accounts. */
export function accountHandlers(parts: {
  database: Database;
  access: AccessControl;
  sessions: Sessions;
  passwords: OwnPasswords;
  factors: SecondFactors;
  signIn: SignIn;
}): Handlers<AccountApi> {
  const { database, access, sessions, passwords, factors, signIn } = parts;
  const { organisation } = access;
  const { apps, passkeys } = factors;

  const whoAsks = async (context: Context): Promise<{ person: Person; claims: ActorClaims }> => {
    const { actor } = await access.resolve(context);
    const person = actor && (await organisation.person(actor.id));
    if (!person || context.actor === undefined)
      throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return { person, claims: await access.tokens.check(context.actor, context.caller) };
  };
  const note = (tx: Transaction, by: Person, action: string, about: { person?: string; after?: unknown } = {}): void =>
    tx.audit({
      bureau: by.bureau,
      actor: { id: by.id, name: by.name },
      action,
      resource: `person/${about.person ?? by.id}`,
      ...(about.after === undefined ? {} : { after: about.after }),
    });
  /** A person whose sessions one may see and end: oneself, or anybody of the bureau with `site.security`. */
  const personFor = async (context: Context, id: string | undefined): Promise<string> => {
    const { actor } = await access.resolve(context);
    if (!actor || id === undefined || id === actor.id) return actor?.id ?? "";
    access.require(actor, SECURITY_PERMISSION);
    return (await requirePerson(organisation, id, actor.bureau)).id;
  };
  /** The same, to end them: whoever found the page of an administrator open must not throw others out. */
  const othersFor = async (context: Context, id: string | undefined): Promise<string> => {
    const person = await personFor(context, id);
    if (id !== undefined && (await whoAsks(context)).person.id !== person)
      await access.tokens.requireRecent(context.actor, context.caller);
    return person;
  };
  const essential = { essential: true };

  return {
    async passwordRules(_input, context) {
      await whoAsks(context);
      return passwords.policy.rules;
    },

    async changePassword({ password, newPassword }, context) {
      const { person, claims } = await whoAsks(context);
      const { username } = person;
      await signIn.withPassword(
        { username, password, address: claims.address ?? "unknown" },
        async (row, proven, keeper) => {
          if (keeper === "outside")
            throw new JinshuiError("conflict", "This password is kept by another directory: change it there", {
              details: { reason: "outside-password" },
            });
          const write = await passwords.replace(row, newPassword);
          await database.transaction(async (tx) => {
            await write(tx);
            await proven(tx);
            const ended = await sessions.end(tx, person.id, { except: claims.session });
            note(tx, person, "change-password", { after: { sessionsEnded: ended } });
          }, essential);
        },
      );
      return {};
    },

    async secondFactors(_input, context) {
      const { person } = await whoAsks(context);
      return factors.of(database, person.id);
    },

    async beginTotp(_input, context) {
      const { person } = await whoAsks(context);
      requireOffered(factors);
      return database.transaction((tx) => apps.begin(tx, person));
    },

    async confirmTotp({ code }, context) {
      const { person } = await whoAsks(context);
      await database.transaction(async (tx) => {
        await apps.confirm(tx, person.id, code);
        note(tx, person, "add-second-factor", { after: { method: "totp" } });
      });
      return {};
    },

    async removeTotp(_input, context) {
      const { person } = await whoAsks(context);
      await database.transaction(async (tx) => {
        if ((await apps.remove(tx, person.id)) === 0) return;
        await factors.requireLeft(tx, person.id);
        note(tx, person, "remove-second-factor", { after: { method: "totp" } });
      });
      return {};
    },

    async beginPasskey({ origin }, context) {
      const { person } = await whoAsks(context);
      requireOffered(factors);
      return { options: { ...(await passkeys.beginAdding(person, origin)) } };
    },

    async addPasskey({ name, origin, response }, context) {
      const { person } = await whoAsks(context);
      const made = await passkeys.add(person.id, { name, origin, response });
      await database.transaction(async (tx) => {
        await made.write(tx);
        note(tx, person, "add-second-factor", { after: { method: "passkey", name } });
      });
      return { id: made.id };
    },

    async removePasskey({ passkey }, context) {
      const { person } = await whoAsks(context);
      await database.transaction(async (tx) => {
        if ((await passkeys.remove(tx, person.id, passkey)) === 0)
          throw new JinshuiError("not-found", "You have no such passkey", { details: { passkey } });
        await factors.requireLeft(tx, person.id);
        note(tx, person, "remove-second-factor", { after: { method: "passkey", passkey } });
      });
      return {};
    },

    async sessions({ person }, context) {
      const { claims } = await whoAsks(context);
      return { sessions: await sessions.list(await personFor(context, person), claims.session) };
    },

    async endSession({ session }, context) {
      const { person: by } = await whoAsks(context);
      const row = await database.findOne("session", { mark: session });
      const gone = new JinshuiError("not-found", `There is no session ${session}`, { details: { session } });
      if (!row) throw gone;
      const person = await othersFor(context, String(row["person"])).catch((error: unknown) => {
        throw isJinshuiError(error) && error.code === "sign-in-again" ? error : gone;
      });
      await database.transaction(async (tx) => {
        if ((await sessions.end(tx, person, { only: session })) === 0) throw gone;
        note(tx, by, "end-session", { person, after: { session } });
      }, essential);
      return {};
    },

    async endAllSessions({ person: id }, context) {
      const { person: by, claims } = await whoAsks(context);
      const person = await othersFor(context, id);
      const ended = await database.transaction(async (tx) => {
        const count = await sessions.end(tx, person, { except: person === by.id ? claims.session : undefined });
        note(tx, by, "end-sessions", { person, after: { sessions: count } });
        return count;
      }, essential);
      return { ended };
    },
  };
}

function requireOffered({ policy }: SecondFactors): void {
  if (policy === "off")
    throw new JinshuiError("conflict", "This site does without second factors", {
      details: { reason: "second-factors-off" },
    });
}
