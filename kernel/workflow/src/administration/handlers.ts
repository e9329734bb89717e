import {
  type Context,
  type Handlers,
  JinshuiError,
  type MigratedInstance,
  MAX_MIGRATED,
  type WorkflowApi,
} from "@jinshui/contracts";
import { type Actor, type Database, pageOf, type Transaction, type Where } from "@jinshui/storage";
import type { Queries } from "../api/queries.js";
import type { Definitions } from "../definition/definitions.js";
import { type CommandContext, refOf } from "../runtime/instance.js";
import { loadInstance } from "../runtime/load-instance.js";
import { migrationOf, moveTo } from "./migration.js";
import { setSuspended } from "./suspension.js";
import { requireTester } from "../trials/require-tester.js";
import { versionOf } from "./version-of.js";

/** What administrators do with matters that run, and with versions of processes. */
export function administrationHandlers(parts: {
  database: Database;
  definitions: Definitions;
  queries: Queries;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** What a command is done with, beside the transaction. */
  command: (tx: Transaction) => CommandContext;
}): Pick<
  Handlers<WorkflowApi>,
  "suspendInstance" | "resumeInstance" | "definitionVersions" | "migrateInstances" | "replay"
> {
  const { database, definitions, queries, actorOf, requirePermission, write, command } = parts;
  const commandOf = (tx: Transaction, actor: Actor, context: Context): CommandContext => ({
    ...command(tx),
    actor: refOf(actor),
    trace: context.traceId,
  });

  const suspend = async (
    input: { id: string; reason?: string },
    context: Context,
    suspended: boolean,
  ): Promise<{ suspended: boolean }> => {
    const actor = await actorOf(context);
    requirePermission(actor, "site.instances");
    await write(context, actor.id, { ...input, suspended }, async (tx) =>
      setSuspended(
        commandOf(tx, actor, context),
        await loadInstance(tx, definitions, input.id, actor.bureau),
        suspended,
        input.reason?.trim(),
      ),
    );
    return { suspended };
  };

  return {
    suspendInstance: (input, context) => suspend(input, context, true),
    resumeInstance: (input, context) => suspend(input, context, false),

    async definitionVersions({ id, ...input }, context) {
      const actor = await actorOf(context);
      requireTester(actor, requirePermission);
      const { bureau, key } = await versionOf(definitions, actor, id);
      const where: Where = { bureau, process_key: key };
      const { rows, ...page } = await pageOf(database, "wf_definition", where, ["-version", "-id"], {
        ...input,
        columns: ["id", "version", "title", "latest", "draft", "deployed_at"],
      });
      const versions = await Promise.all(
        rows.map(async (row) => ({
          id: String(row["id"]),
          version: Number(row["version"]),
          title: String(row["title"]),
          latest: row["latest"] === true,
          draft: row["draft"] === true,
          deployedAt: String(row["deployed_at"]),
          running: await database.count("wf_instance", runningOf(actor.bureau, String(row["id"]))),
        })),
      );
      return { versions, ...page, total: await database.count("wf_definition", where) };
    },

    async migrateInstances({ from, to, mapping, commit, reason, limit = MAX_MIGRATED, cursor }, context) {
      const actor = await actorOf(context);
      requirePermission(actor, "site.processes");
      requirePermission(actor, "site.instances");
      const [before, after] = [await versionOf(definitions, actor, from), await versionOf(definitions, actor, to)];
      if (before.key !== after.key || before.id === after.id)
        throw new JinshuiError("invalid-request", `${to} is no other version of ${before.key}`, {
          details: { from, to },
        });
      if (await database.findOne("wf_definition", { id: to, draft: true }))
        throw new JinshuiError("conflict", `Version ${after.version} of ${after.key} is a draft`, { details: { to } });
      const unknown = Object.values(mapping).filter((element) => after.model.elements[element] === undefined);
      if (unknown.length > 0)
        throw new JinshuiError(
          "invalid-request",
          `Version ${after.version} of ${after.key} has no ${unknown.join(", ")}`,
          {
            details: { elements: unknown },
          },
        );
      const where = runningOf(actor.bureau, from);
      const { rows, ...page } = await pageOf(database, "wf_instance", where, ["id"], {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        columns: ["id"],
      });
      const instances: MigratedInstance[] = [];
      for (const { id } of rows)
        instances.push(
          await database.transaction(async (tx): Promise<MigratedInstance> => {
            const instance = await loadInstance(tx, definitions, String(id), actor.bureau);
            const found = migrationOf(instance, after, mapping);
            // it has ended, or somebody else has moved it, since the page was read
            const isThere = instance.state?.status === "active" && instance.definition.id === from;
            if (!commit || !isThere || found.problems.length > 0) return found;
            await moveTo(commandOf(tx, actor, context), instance, after, mapping, reason?.trim());
            return { ...found, moved: true };
          }),
        );
      return { instances, ...page, total: await database.count("wf_instance", where) };
    },

    async replay({ id, ...input }, context) {
      const actor = await actorOf(context);
      await queries.requireInstance(actor, id);
      const where: Where = { instance: id };
      const { rows, ...page } = await pageOf(database, "wf_event", where, ["seq"], input);
      const steps = rows.map((row) => ({
        seq: Number(row["seq"]),
        ...(typeof row["at"] === "string" ? { at: row["at"] } : {}),
        events: row["events"] as Record<string, unknown>[],
      }));
      return { steps, ...page, total: await database.count("wf_event", where) };
    },
  };
}

function runningOf(bureau: string, definition: string): Where {
  return { bureau, definition, ended_at: null };
}
