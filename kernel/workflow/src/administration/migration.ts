import { JinshuiError, type MigratedInstance } from "@jinshui/contracts";
import { checkMigration, type ElementMapping, migrate, unwatched } from "@jinshui/engine/migration";
import type { Row } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import { addHistory, type CommandContext, type LoadedInstance, stepName } from "../runtime/instance.js";
import { titleOf } from "../runtime/title.js";

/** What would become of a matter in another version. */
export function migrationOf(
  { row, definition, state }: LoadedInstance,
  to: Definition,
  mapping: ElementMapping,
): MigratedInstance {
  const { id, number, title } = row;
  const about = { id: String(id), number: String(number), title: String(title), moved: false };
  if (!state) return { ...about, problems: [], unwatched: [] };
  return {
    ...about,
    problems: checkMigration(definition.model, to.model, state, mapping).map(({ code, element }) => ({
      code,
      element,
      step: stepName(definition, element),
    })),
    unwatched: unwatched(to.model, state, mapping).map(({ id: element }) => stepName(to, element)),
  };
}

/** Moves a matter, which the caller has locked and looked at, to another version; its tasks, timers and jobs go with it. */
export async function moveTo(
  { tx, actor, trace }: CommandContext,
  instance: LoadedInstance,
  to: Definition,
  mapping: ElementMapping,
  reason: string | undefined,
): Promise<void> {
  const { row, state, definition } = instance;
  const id = String(row["id"]);
  if (!state) throw new JinshuiError("internal", `instance ${id} has no state`);
  const moved = migrate(state, mapping);
  const version = Number(row["version"]);
  const changes: Row = {
    definition: to.id,
    version: version + 1,
    state: moved.state,
    title: titleOf(to, moved.state.variables),
  };
  if ((await tx.update("wf_instance", { id, version }, changes)) !== 1)
    throw new JinshuiError("unavailable", `Instance ${id} was changed at the same time`, { retryable: true });
  await tx.insert("wf_event", { instance: id, seq: version + 1, at: tx.time, events: moved.events });
  for (const table of ["wf_task", "wf_timer", "wf_job"])
    for (const { id: part, element } of await tx.find(table, { where: { instance: id } })) {
      const target = mapping[String(element)] ?? String(element);
      const open = table !== "wf_task" || to.model.elements[target] !== undefined;
      if (open && target !== element) await tx.update(table, { id: String(part) }, { element: target });
    }
  const message = `第 ${definition.version} 版 → 第 ${to.version} 版`;
  await addHistory(tx, id, {
    at: tx.time,
    type: "migrated",
    ...(actor ? { by: actor } : {}),
    message,
    ...(reason === undefined ? {} : { opinion: reason }),
  });
  tx.audit({
    bureau: String(row["bureau"]),
    actor: actor ?? { id: "workflow", name: "workflow" },
    action: "migrate",
    resource: `instance/${id}`,
    before: { definition: definition.id },
    after: { definition: to.id, mapping, ...(reason === undefined ? {} : { reason }) },
    trace,
  });
}
