import type { Organisation } from "@jinshui/auth";
import {
  type ActorRef,
  type Api,
  type Context,
  type Copy,
  type copyOps,
  type Handlers,
  JinshuiError,
} from "@jinshui/contracts";
import { type Actor, type Database, onceByKey, pageOf, type Row, type Where } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import { copyTo } from "../office/copies.js";
import { refOf } from "../runtime/instance.js";
import { loadInstance } from "../runtime/load-instance.js";
import type { Queries } from "./queries.js";
import { searchWhere } from "./search-where.js";

/** Copies of matters: one's own, and sending them. */
export function copyHandlers(parts: {
  database: Database;
  queries: Queries;
  definitions: Definitions;
  organisation: Organisation;
  clerkOf: (context: Context) => Promise<Actor>;
}): Handlers<Api<typeof copyOps>> {
  const { database, queries, definitions, organisation, clerkOf } = parts;
  const unreadOf = (person: string): Promise<number> => database.count("wf_copy", { person, read_at: null });

  const described = async (rows: readonly Row[]): Promise<Copy[]> => {
    const ids = rows.map(({ instance }) => String(instance));
    const found = await database.find("wf_instance", { where: { id: { in: ids } } });
    const instances = new Map(found.map((row) => [row["id"], row]));
    return Promise.all(
      rows.flatMap((row) => {
        const instance = instances.get(row["instance"]);
        return instance ? [copyOf(row, instance, definitions)] : [];
      }),
    );
  };

  return {
    async copies({ unread, search, ...page }, context) {
      const actor = await clerkOf(context);
      const where: Where = {
        and: [
          { person: actor.id, ...(unread === true ? { read_at: null } : {}) },
          ...searchWhere(search, ["search_text"]),
        ],
      };
      const { rows, nextCursor } = await pageOf(database, "wf_copy", where, ["-at", "-id"], page);
      return {
        copies: await described(rows),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("wf_copy", where),
        unread: await unreadOf(actor.id),
      };
    },

    async readCopies({ ids }, context) {
      const actor = await clerkOf(context);
      await database.transaction((tx) =>
        tx.update("wf_copy", { person: actor.id, id: { in: ids }, read_at: null }, { read_at: tx.time }),
      );
      return { unread: await unreadOf(actor.id) };
    },

    async sendCopies({ id, people, note }, context) {
      const actor = await clerkOf(context);
      await queries.requireInstance(actor, id);
      const sent = await onceByKey(database, context, actor.id, { id, people, note }, async (tx) => {
        const instance = await loadInstance(tx, definitions, id);
        const named: ActorRef[] = [];
        for (const each of people) {
          const person = await organisation.person(each, tx);
          if (!person || person.bureau !== actor.bureau)
            throw new JinshuiError("not-found", `There is nobody ${each} in ${actor.bureau}`, {
              details: { person: each },
            });
          named.push(refOf(person));
        }
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "send-copies",
          resource: `instance/${id}`,
          after: { people: named, note },
          trace: context.traceId,
        });
        return copyTo(tx, instance, named, { by: refOf(actor), ...(note === undefined ? {} : { note }) });
      });
      return { sent };
    },
  };
}

async function copyOf(row: Row, instance: Row, definitions: Definitions): Promise<Copy> {
  const text = (key: "step" | "note"): Partial<Copy> => (typeof row[key] === "string" ? { [key]: row[key] } : {});
  return {
    id: String(row["id"]),
    instance: String(row["instance"]),
    number: String(instance["number"]),
    title: String(instance["title"]),
    definitionTitle: (await definitions.get(String(instance["definition"]))).title,
    applicant: instance["applicant"] as ActorRef,
    state: String(instance["status"]),
    ...text("step"),
    ...text("note"),
    ...(row["by"] ? { by: row["by"] as ActorRef } : {}),
    at: String(row["at"]),
    ...(typeof row["read_at"] === "string" ? { readAt: row["read_at"] } : {}),
  };
}
