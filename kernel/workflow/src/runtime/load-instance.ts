import { JinshuiError } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import type { LoadedInstance } from "./instance.js";

/**
 * Loads an instance and locks it to the end of the transaction. Every command takes this lock before any other, so that two
 * of them never wait for each other.
 * @throws JinshuiError `not-found`, also for one of another bureau than the given.
 */
export async function loadInstance(
  tx: Transaction,
  definitions: Definitions,
  id: string,
  bureau?: string,
): Promise<LoadedInstance> {
  const row = await tx.findOneForUpdate("wf_instance", { id, ...(bureau === undefined ? {} : { bureau }) });
  if (!row) throw new JinshuiError("not-found", `There is no instance ${id}`, { details: { instance: id } });
  return loaded(tx, definitions, row);
}

/** Loads many instances and locks them, always in the same order; those that are not there are left out. */
export async function loadInstances(
  tx: Transaction,
  definitions: Definitions,
  ids: readonly string[],
): Promise<Map<string, LoadedInstance>> {
  const rows = await tx.findForUpdate("wf_instance", { where: { id: { in: [...new Set(ids)] } }, orderBy: ["id"] });
  const found = new Map<string, LoadedInstance>();
  for (const row of rows) found.set(String(row["id"]), await loaded(tx, definitions, row));
  return found;
}

async function loaded(tx: Transaction, definitions: Definitions, row: Row): Promise<LoadedInstance> {
  return {
    row,
    definition: await definitions.get(String(row["definition"]), tx),
    state: row["state"] as InstanceState,
  };
}
