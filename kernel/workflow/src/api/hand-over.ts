import type { ActorRef, Api, Context, Handlers, handOverOps, HandOverTask } from "@jinshui/contracts";
import { type Actor, type Database, pageOf, type Row, type Transaction } from "@jinshui/storage";
import { HandOver } from "../runtime/hand-over.js";
import type { Runtime } from "../runtime/runtime.js";

const PERMISSION = "site.instances";

/** What waits for somebody who leaves, and its handing over. */
export function handOverHandlers(parts: {
  database: Database;
  runtime: Runtime;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Handlers<Api<typeof handOverOps>> {
  const { database, runtime, actorOf, requirePermission, write } = parts;
  const { assignment, definitions } = runtime;
  const handOver = new HandOver(definitions, assignment);

  const administrator = async (context: Context): Promise<Actor> => {
    const actor = await actorOf(context);
    requirePermission(actor, PERMISSION);
    return actor;
  };

  /** Tasks with their matters and with who else could do them. */
  const described = async (tasks: readonly Row[], person: string): Promise<HandOverTask[]> => {
    const ids = tasks.map(({ id }) => String(id));
    const instances = new Map(
      (
        await database.find("wf_instance", { where: { id: { in: tasks.map(({ instance }) => String(instance)) } } })
      ).map((row) => [row["id"], row]),
    );
    const candidates = await database.find("wf_candidate", {
      where: { task: { in: ids }, person: { ne: person } },
      columns: ["task", "person"],
    });
    return tasks.map((task): HandOverTask => {
      const instance = instances.get(task["instance"]);
      const assignee = task["assignee"] as ActorRef | undefined;
      return {
        id: String(task["id"]),
        instance: String(task["instance"]),
        number: String(instance?.["number"]),
        title: String(instance?.["title"]),
        step: String(task["step"]),
        ...(task["position"] === undefined
          ? {}
          : { position: assignment.organisation.positionTitle(String(task["position"])) }),
        ...(task["due_at"] === undefined ? {} : { dueAt: String(task["due_at"]) }),
        claimed: assignee?.id === person,
        others: candidates.filter((row) => row["task"] === task["id"]).length,
      };
    });
  };

  return {
    async handOverTasks({ person, ...page }, context) {
      const actor = await administrator(context);
      const where = { person, visible: true };
      const { rows, nextCursor } = await pageOf(database, "wf_candidate", where, ["arrived_at", "task"], page);
      const tasks = await database.find("wf_task", {
        where: { id: { in: rows.map(({ task }) => String(task)) }, bureau: actor.bureau, state: "open" },
        orderBy: ["arrived_at", "id"],
      });
      return {
        tasks: await described(tasks, person),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("wf_candidate", where),
      };
    },

    async handOver(input, context) {
      const actor = await administrator(context);
      await write(context, actor.id, input, (tx) => handOver.run(tx, { actor, trace: context.traceId }, input));
      return { tasks: input.tasks.length };
    },
  };
}
