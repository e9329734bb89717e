import { type AuthApi, type Handlers, JinshuiError } from "@jinshui/contracts";
import { afterCursor, type Actor, cursorAfter, DEFAULT_LIMIT, type Database, type Where } from "@jinshui/storage";
import type { AccessControl } from "./access-control.js";
import type { Organisation } from "./people/organisation.js";
import { passwordFits } from "./people/passwords.js";
import type { SignInFailures } from "./session/failures.js";
import type { Sessions } from "./session/sessions.js";

/** The auth API. */
export function authHandlers(parts: {
  database: Database;
  organisation: Organisation;
  access: AccessControl;
  sessions: Sessions;
  failures: SignInFailures;
}): Handlers<AuthApi> {
  const { database, organisation, access, sessions, failures } = parts;

  const actorOf = async (context: Parameters<AccessControl["resolve"]>[0]): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };

  return {
    async signIn({ username, password, address }, context) {
      await failures.check(username, address);
      const row = await database.findOne("person", { username, disabled: { ne: true } });
      if (!(await passwordFits(row && String(row["password_hash"]), password)) || !row) {
        await failures.add(username, address);
        const bureau = String(row?.["bureau"] ?? organisation.bureaus()[0]?.bureau ?? "site");
        await database.transaction(
          (tx) => {
            tx.audit({
              bureau,
              actor: { id: "anonymous", name: address },
              action: "sign-in-failed",
              resource: `person/${username.slice(0, 40)}`,
              trace: context.traceId,
            });
            return Promise.resolve();
          },
          { essential: true },
        );
        throw new JinshuiError("sign-in-failed", "User name or password is wrong");
      }
      await failures.clear(username);
      const [person] = await organisation.people([row]);
      if (!person) throw new JinshuiError("sign-in-failed", "User name or password is wrong");
      const { secret, expiresAt } = await sessions.open(person.id);
      await database.transaction(
        (tx) => {
          tx.audit({
            bureau: person.bureau,
            actor: { id: person.id, name: person.name },
            action: "sign-in",
            resource: `person/${person.id}`,
            after: { address },
            trace: context.traceId,
          });
          return Promise.resolve();
        },
        { essential: true },
      );
      return { session: secret, profile: access.profile(person), expiresAt };
    },

    async signOut({ session }) {
      await sessions.close(session);
      return {};
    },

    async authenticate({ session, audience }) {
      const person = await organisation.person(await sessions.person(session));
      if (!person) throw new JinshuiError("session-expired", "The person of this session no longer exists");
      return { profile: access.profile(person), token: await access.tokens.mint(person, audience) };
    },

    async me(_input, context) {
      const actor = await actorOf(context);
      const person = await organisation.person(actor.id);
      if (!person) throw new JinshuiError("not-found", "You no longer exist");
      return access.profile(person);
    },

    async people(input, context) {
      await access.resolve(context);
      const { bureau } = context;
      const parts: Where[] = [{ bureau, disabled: { ne: true } }];
      if (input.department !== undefined) parts.push({ department: input.department });
      if (input.ids) parts.push({ id: { in: input.ids } });
      if (input.search !== undefined && input.search !== "")
        parts.push({ or: [{ name: { contains: input.search } }, { username: { startsWith: input.search } }] });
      if (input.position !== undefined) {
        const held = await database.find("held_position", { where: { bureau, position: input.position } });
        parts.push({ id: { in: held.map((row) => String(row["person"])) } });
      }
      const orderBy = ["department", "name", "id"];
      const where: Where = { and: parts };
      const limit = input.limit ?? DEFAULT_LIMIT;
      const rows = await database.find("person", {
        where: input.cursor === undefined ? where : { and: [where, afterCursor(input.cursor, orderBy)] },
        orderBy,
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const people = (await organisation.people(page)).map((person) => {
        const { id, name, department, departmentTitle, positions } = access.profile(person);
        return { id, name, department, departmentTitle, positions };
      });
      return {
        people,
        ...(rows.length > limit && last ? { nextCursor: cursorAfter(last, orderBy) } : {}),
        total: await database.count("person", where),
      };
    },

    async departments(_input, context) {
      await access.resolve(context);
      return { departments: organisation.bureau(context.bureau)?.departments ?? [] };
    },

    async check({ action }, context) {
      return access.explain(await actorOf(context), action);
    },
  };
}
