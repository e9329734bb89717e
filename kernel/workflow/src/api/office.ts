import {
  type Api,
  type Context,
  type copyOps,
  type Handlers,
  isJinshuiError,
  JinshuiError,
  KERNEL_CALLERS,
  type officeOps,
} from "@jinshui/contracts";
import { type Actor, type Database, onceByKey, type Row, type Transaction } from "@jinshui/storage";
import { addSigners, consult, removeSigner } from "../office/change-signers.js";
import { saveDraft } from "../office/drafts.js";
import { jump } from "../office/jump.js";
import { jumpTargets } from "../office/jump-targets.js";
import { loadInstance } from "../runtime/load-instance.js";
import type { Asked } from "../office/office.js";
import { sendBack } from "../office/send-back.js";
import { targetsOf } from "../office/send-back-targets.js";
import { takeBack } from "../office/take-back.js";
import { mayReceive, transfer } from "../office/transfer.js";
import { urge } from "../office/urge.js";
import type { LoadedInstance } from "../runtime/instance.js";
import type { Runtime } from "../runtime/runtime.js";
import { copyHandlers } from "./copies.js";
import type { Queries } from "./queries.js";
import { formOf } from "./task-detail.js";

const COLLEAGUES = 50;
const SEARCHED = 200;

/** What an office does with tasks besides finishing them. */
export function officeHandlers(parts: {
  database: Database;
  runtime: Runtime;
  queries: Queries;
  clerkOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
}): Handlers<Api<typeof officeOps & typeof copyOps>> {
  const { database, runtime, queries, clerkOf, requirePermission } = parts;
  const { assignment, definitions, deadlines } = runtime;
  const office = { definitions, assignment, deadlines };

  /** One operation of the actor's, once per key; answers with the matter it concerns. */
  const does = async <I>(
    context: Context,
    input: I,
    work: (tx: Transaction, asked: Asked) => Promise<string>,
  ): Promise<{ instance: string }> => {
    const actor = await clerkOf(context);
    const instance = await onceByKey(database, context, actor.id, input, (tx) =>
      work(tx, { actor, trace: context.traceId }),
    );
    return { instance };
  };

  const taskOf = async (actor: Actor, id: string): Promise<{ task: Row; instance: LoadedInstance }> => {
    const { task, instance, definition } = await queries.requireTask(actor, id);
    return { task, instance: { row: instance, definition, state: instance["state"] as LoadedInstance["state"] } };
  };

  return {
    ...copyHandlers({ database, queries, definitions, organisation: assignment.organisation, clerkOf }),

    async sendBackTargets({ id }, context) {
      const actor = await clerkOf(context);
      const { task, instance } = await taskOf(actor, id);
      return { targets: (await queries.isMine(actor, task)) ? await targetsOf(database, instance, task) : [] };
    },

    sendBack: (input, context) => does(context, input, (tx, asked) => sendBack(office, tx, asked, input)),
    takeBack: (input, context) => does(context, input, (tx, asked) => takeBack(office, tx, asked, input.id)),
    transfer: (input, context) => does(context, input, (tx, asked) => transfer(office, tx, asked, input)),
    addSigners: (input, context) => does(context, input, (tx, asked) => addSigners(office, tx, asked, input)),
    removeSigner: (input, context) => does(context, input, (tx, asked) => removeSigner(office, tx, asked, input)),
    consult: (input, context) => does(context, input, (tx, asked) => consult(office, tx, asked, input)),

    async colleagues({ id, search, able, limit = COLLEAGUES }, context) {
      const actor = await clerkOf(context);
      const { task } = await taskOf(actor, id);
      const { organisation } = assignment;
      const bureau = String(task["bureau"]);
      const people = (await organisation.colleagues(bureau, search, able === true ? SEARCHED : limit + 1))
        .filter((person) => person.id !== actor.id)
        .map((person) => ({ person, able: mayReceive(person, task) }))
        .filter((each) => able !== true || each.able);
      return {
        people: people.slice(0, limit).map(({ person, able: can }) => ({
          id: person.id,
          name: person.name,
          department: organisation.departments.title(bureau, person.department)["zh-CN"],
          able: can,
        })),
      };
    },

    async saveDraft({ id, ...given }, context) {
      const actor = await clerkOf(context);
      const { task, instance } = await taskOf(actor, id);
      if (!(await queries.isMine(actor, task)))
        throw new JinshuiError("task-closed", `Task ${id} is not ${actor.name}'s to do`, {
          details: { state: task["state"] },
        });
      const savedAt = await database.transaction((tx) =>
        saveDraft(
          tx,
          {
            task: id,
            person: actor.id,
            definition: instance.definition.id,
            form: formOf(instance.definition, task),
            variables: instance.state?.variables ?? {},
          },
          given,
        ),
      );
      return { savedAt };
    },

    async completeMany({ items, action, opinion }, context) {
      const actor = await clerkOf(context);
      const results = [];
      for (const { id, version } of items) {
        const input = { id, version, action, values: {}, ...(opinion === undefined ? {} : { opinion }) };
        const key = context.idempotencyKey === undefined ? {} : { idempotencyKey: `${context.idempotencyKey}/${id}` };
        try {
          await onceByKey(database, { ...context, ...key }, actor.id, input, (tx) =>
            runtime.complete(tx, { actor, trace: context.traceId }, input),
          );
          results.push({ id, done: true });
        } catch (error) {
          if (!isJinshuiError(error)) throw error;
          const { code, details } = error;
          results.push({ id, done: false, code, ...(details === undefined ? {} : { details }) });
        }
      }
      return { results };
    },

    async urge(input, context) {
      const actor = await clerkOf(context);
      await queries.requireInstance(actor, input.id);
      const told = await onceByKey(database, context, actor.id, input, (tx) =>
        urge(office, tx, { actor, trace: context.traceId }, input),
      );
      return { told };
    },

    async jumpTargets({ id }, context) {
      const actor = await clerkOf(context);
      requirePermission(actor, "site.instances");
      return database.transaction(async (tx) => ({
        targets: jumpTargets(await loadInstance(tx, runtime.definitions, id, actor.bureau)),
      }));
    },

    async jump(input, context) {
      if (!KERNEL_CALLERS.includes(context.caller))
        throw new JinshuiError("forbidden", `${context.caller} can't put matters elsewhere`);
      requirePermission(await clerkOf(context), "site.instances");
      return does(context, input, (tx, asked) => jump(office, tx, asked, input));
    },
  };
}
