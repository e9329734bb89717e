import {
  type Context,
  type Handlers,
  JinshuiError,
  type OrganisationApi,
  PEOPLE_PERMISSION,
  SECURITY_PERMISSION,
} from "@jinshui/contracts";
import { type Actor, type Database, pageOf, type Where } from "@jinshui/storage";
import type { AccessControl } from "./access-control.js";
import type { ChangeRequests } from "./changes/change-requests.js";
import { grantPermission, holdPosition } from "./changes/kinds.js";
import { noted } from "./noted.js";
import type { Accounts } from "./people/accounts.js";
import { delegate, describedDelegations, endDelegation } from "./people/delegating.js";
import { coversDay, describedHolding, type Held, heldOf, holdingsOf } from "./people/holdings.js";
import { peopleHandlers } from "./people/people-handlers.js";
import { type OpenFile, peopleImportHandlers } from "./people/people-import-handlers.js";
import { addDays } from "./people/period.js";
import { requireEmpty, requirePeriod } from "./people/requirements.js";
import { positionHandlers } from "./position-handlers.js";

/** The organisation API. */
export function organisationHandlers(parts: {
  database: Database;
  access: AccessControl;
  changes: ChangeRequests;
  accounts: Accounts;
  openTasks: (person: string) => Promise<number>;
  openFile: OpenFile;
}): Handlers<OrganisationApi> {
  const { database, access, changes } = parts;
  const { organisation } = access;
  const { departments } = organisation;
  const proposeHolding = changes.kind("hold-position", holdPosition(organisation));
  const proposePermission = changes.kind("grant-permission", grantPermission(access));

  const actorOf = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };
  const holderOf = async (context: Context, permission: string): Promise<Actor> => {
    const actor = await actorOf(context);
    access.require(actor, permission);
    return actor;
  };
  const described = (bureau: string, held: Held): ReturnType<typeof describedHolding> =>
    describedHolding(held, {
      position: organisation.positionTitle(held.position),
      department: departments.title(bureau, held.department),
    });

  return {
    ...positionHandlers({ database, access, actorOf, holderOf }),
    ...peopleHandlers(parts),
    ...peopleImportHandlers(parts),

    async structure({ day }, context) {
      const { bureau } = await actorOf(context);
      return {
        departments: departments.of(bureau, day),
        positions: Object.entries(organisation.config.site.positions).map(([id, { title }]) => ({ id, title })),
        separations: organisation.separation.rules.map((rule) => [...rule]),
      };
    },

    async setDepartment({ department: id, title, parent, from = organisation.today() }, context) {
      const actor = await holderOf(context, PEOPLE_PERMISSION);
      const { bureau } = actor;
      requirePeriod({ from });
      const before = departments.find(bureau, id, from);
      await database.transaction(async (tx) => {
        await departments.set(tx, bureau, { id, title, from, ...(parent === undefined ? {} : { parent }) });
        noted(tx, {
          bureau,
          actor: { id: actor.id, name: actor.name },
          action: "set-department",
          resource: `department/${id}`,
          before,
          after: { title, parent, from },
        });
      });
      await access.changed();
      return { id, title, from, ...(parent === undefined ? {} : { parent }) };
    },

    async endDepartment({ department, until }, context) {
      const actor = await holderOf(context, PEOPLE_PERMISSION);
      const { bureau } = actor;
      requirePeriod({ until });
      await database.transaction(async (tx) => {
        await requireEmpty(tx, organisation, bureau, { department, day: until });
        await departments.end(tx, bureau, department, until);
        noted(tx, {
          bureau,
          actor: { id: actor.id, name: actor.name },
          action: "end-department",
          resource: `department/${department}`,
          after: { until },
        });
      });
      await access.changed();
      return {};
    },

    async holders({ position, day = organisation.today() }, context) {
      const { bureau } = await actorOf(context);
      const found = await organisation.heldOn(bureau, position, day);
      return { holders: found.map(({ person, held }) => ({ person, holding: described(bureau, held) })) };
    },

    async members({ department, day = organisation.today(), ...page }, context) {
      const { bureau } = await actorOf(context);
      const where: Where = { and: [{ bureau, ...(department === undefined ? {} : { department }) }, coversDay(day)] };
      const { rows, nextCursor } = await pageOf(database, "holding", where, ["department", "position", "id"], page);
      const names = await organisation.names(rows.map((row) => String(row["person"])));
      return {
        members: rows.map(heldOf).map((held) => ({
          person: names.get(held.person) ?? { id: held.person, name: held.person },
          holding: described(bureau, held),
        })),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("holding", where),
      };
    },

    async holdings({ person }, context) {
      const { bureau } = await actorOf(context);
      const row = await database.findOne("person", { id: person, bureau });
      if (!row)
        throw new JinshuiError("not-found", `There is no person ${person} in ${bureau}`, { details: { person } });
      const held = await holdingsOf(database, [person]);
      held.sort((one, other) => (other.from ?? "").localeCompare(one.from ?? ""));
      return { holdings: held.map((holding) => described(bureau, holding)) };
    },

    async proposeHolding({ reason, ...payload }, context) {
      const actor = await holderOf(context, PEOPLE_PERMISSION);
      return { change: await proposeHolding(payload, { actor, reason, key: context.idempotencyKey }) };
    },

    async endHolding({ holding: id, until = addDays(organisation.today(), -1), reason }, context) {
      const actor = await actorOf(context);
      if (!access.check(actor, SECURITY_PERMISSION)) access.require(actor, PEOPLE_PERMISSION);
      requirePeriod({ until });
      await database.transaction(async (tx) => {
        const row = await tx.findOneForUpdate("holding", { id, bureau: actor.bureau });
        if (!row) throw new JinshuiError("not-found", `There is no holding ${id}`, { details: { holding: id } });
        const held = heldOf(row);
        if (held.until !== undefined && held.until < until)
          throw new JinshuiError("conflict", `The holding ends on ${held.until} already`, {
            details: { reason: "ends-earlier", until: held.until },
          });
        // one that has not begun leaves no trace but here
        if (held.from !== undefined && held.from > until) await tx.remove("holding", { id });
        else await tx.update("holding", { id }, { until_day: until });
        noted(tx, {
          bureau: actor.bureau,
          actor: { id: actor.id, name: actor.name },
          action: "end-holding",
          resource: `holding/${id}`,
          before: held,
          after: { until, reason },
        });
      });
      await access.changed();
      return {};
    },

    async proposePermission({ position, permission, granted, reason }, context) {
      const actor = await actorOf(context);
      if (granted) {
        access.require(actor, PEOPLE_PERMISSION);
        const by = { actor, reason, key: context.idempotencyKey };
        return { change: await proposePermission({ position, permission }, by) };
      }
      if (!access.check(actor, SECURITY_PERMISSION)) access.require(actor, PEOPLE_PERMISSION);
      access.requireGrantable(position, permission, actor.bureau);
      await database.transaction(async (tx) => {
        await access.grants.set(tx, { bureau: actor.bureau, position, permission, granted: false });
        noted(tx, {
          bureau: actor.bureau,
          actor: { id: actor.id, name: actor.name },
          action: "withdraw-permission",
          resource: `position/${position}`,
          after: { permission, reason },
        });
      });
      await access.changed();
      return {};
    },

    async changes(input, context) {
      const actor = await actorOf(context);
      if (!access.check(actor, SECURITY_PERMISSION)) access.require(actor, PEOPLE_PERMISSION);
      return changes.list(actor, input);
    },

    async decideChange({ change: id, ...decision }, context) {
      await changes.decide(await actorOf(context), { id, ...decision });
      return {};
    },

    async withdrawChange({ change }, context) {
      await changes.withdraw(await actorOf(context), change);
      return {};
    },

    async delegate(input, context) {
      const delegation = await delegate(database, organisation, await actorOf(context), input);
      await access.changed();
      return delegation;
    },

    async endDelegation({ delegation }, context) {
      const actor = await actorOf(context);
      await endDelegation(database, actor, delegation, access.check(actor, SECURITY_PERMISSION));
      await access.changed();
      return {};
    },

    async delegations({ all = false, person, ...page }, context) {
      const actor = await actorOf(context);
      const others = all || (person !== undefined && person !== actor.id);
      if (others && !access.check(actor, SECURITY_PERMISSION)) access.require(actor, PEOPLE_PERMISSION);
      const whose = person ?? (all ? undefined : actor.id);
      const { bureau } = actor;
      const where: Where =
        whose === undefined ? { bureau } : { bureau, or: [{ from_person: whose }, { to_person: whose }] };
      const { rows, nextCursor } = await pageOf(database, "delegation", where, ["-created_at", "-id"], page);
      return {
        delegations: await describedDelegations(organisation, rows),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("delegation", where),
      };
    },
  };
}
