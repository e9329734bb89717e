import { type AuthApi, type Handlers, JinshuiError, PEOPLE_PERMISSION } from "@jinshui/contracts";
import { afterCursor, type Actor, cursorAfter, DEFAULT_LIMIT, type Database, type Where } from "@jinshui/storage";
import type { AccessControl } from "./access-control.js";
import { calledSo } from "./people/name-sound.js";
import type { Organisation, Person } from "./people/organisation.js";
import type { Sessions } from "./session/sessions.js";
import type { SignIn } from "./sign-in/sign-in.js";

/** The auth API. */
export function authHandlers(parts: {
  database: Database;
  organisation: Organisation;
  access: AccessControl;
  sessions: Sessions;
  signIn: SignIn;
}): Handlers<AuthApi> {
  const { database, organisation, access, sessions, signIn } = parts;

  const actorOf = async (context: Parameters<AccessControl["resolve"]>[0]): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };

  /** A session that is used somewhere else may have been stolen. */
  const noteMove = (
    { id, name, bureau }: Person,
    secret: string,
    { mark, from, to }: { mark: string; from: string; to: string },
  ): Promise<void> =>
    database.transaction(
      async (tx) => {
        if (!(await sessions.move(tx, secret, { from, to }))) return;
        tx.audit({
          bureau,
          actor: { id, name },
          client: { address: to, session: mark },
          action: "session-moved",
          resource: `person/${id}`,
          before: { address: from },
          after: { address: to },
        });
      },
      { essential: true },
    );

  return {
    async signIn({ session: previous, ...attempt }) {
      const { person, secret, expiresAt } = await signIn.open(attempt, previous);
      return { session: secret, profile: access.profile(person), expiresAt };
    },

    async signInAgain({ session, ...attempt }) {
      const { secret, expiresAt } = await signIn.again(session, attempt);
      return { session: secret, expiresAt };
    },

    async signOut({ session }) {
      await signIn.end(session);
      return {};
    },

    async authenticate({ session, audience, address }) {
      const open = await sessions.find(session);
      const person = await organisation.person(open.person);
      if (!person) throw new JinshuiError("session-expired", "The person of this session no longer exists");
      if (address !== undefined && open.address !== undefined && address !== open.address)
        await noteMove(person, session, { mark: open.mark, from: open.address, to: address });
      const origin = {
        session: open.mark,
        signedInAt: Math.floor(open.confirmedAt / 1_000),
        ...(address === undefined ? {} : { address }),
      };
      return { profile: access.profile(person), token: await access.tokens.mint(person, audience, origin) };
    },

    async me(_input, context) {
      const actor = await actorOf(context);
      const person = await organisation.person(actor.id);
      if (!person) throw new JinshuiError("not-found", "You no longer exist");
      return access.profile(person);
    },

    async people(input, context) {
      const { actor } = await access.resolve(context);
      const seesNames = actor !== undefined && actor.permissions.has(PEOPLE_PERMISSION);
      const { bureau } = context;
      const parts: Where[] = [{ bureau }, organisation.active()];
      if (input.department !== undefined) parts.push({ department: input.department });
      if (input.ids) parts.push({ id: { in: input.ids } });
      if (input.search !== undefined && input.search !== "") parts.push(calledSo(input.search));
      if (input.position !== undefined) {
        const held = await organisation.heldOn(bureau, input.position, organisation.today());
        parts.push({ id: { in: held.map(({ person }) => person.id) } });
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
        const { username } = person;
        return { id, name, department, departmentTitle, positions, ...(seesNames ? { username } : {}) };
      });
      return {
        people,
        ...(rows.length > limit && last ? { nextCursor: cursorAfter(last, orderBy) } : {}),
        total: await database.count("person", where),
      };
    },

    async departments(_input, context) {
      await access.resolve(context);
      const current = organisation.departments.of(context.bureau);
      return {
        departments: current.map(({ id, title, parent }) => ({
          id,
          title,
          ...(parent === undefined ? {} : { parent }),
        })),
      };
    },

    async check({ action }, context) {
      const { allowed, reason } = access.explain(await actorOf(context), action);
      return { allowed, reason };
    },
  };
}
