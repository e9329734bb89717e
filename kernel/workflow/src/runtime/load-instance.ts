import { JinshuiError } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import type { Transaction } from "@jinshui/storage";
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
  return {
    row,
    definition: await definitions.get(String(row["definition"]), tx),
    state: row["state"] as InstanceState,
  };
}
