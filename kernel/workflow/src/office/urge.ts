import { JinshuiError } from "@jinshui/contracts";
import { newId, type Actor, type Reader, type Row, type Transaction } from "@jinshui/storage";
import { addHistory, refOf } from "../runtime/instance.js";
import { loadInstance } from "../runtime/load-instance.js";
import { type Asked, type Office, refused } from "./office.js";

/** Nobody is reminded of a matter more often. */
const URGE_MS = 2 * 3_600_000;

/** Whether somebody may remind those whose turn it is: the applicant, and administrators; not again at once. */
export function mayUrge(actor: Actor, instance: Row, now: string): boolean {
  if (instance["status"] !== "active") return false;
  if (instance["applicant_id"] !== actor.id && !actor.permissions.has("site.instances")) return false;
  const last = instance["urged_at"];
  return typeof last !== "string" || Date.parse(now) - Date.parse(last) >= URGE_MS;
}

/** Reminds those whose turn it is; how many there are. */
export async function urge(
  office: Office,
  tx: Transaction,
  { actor, trace }: Asked,
  { id, note }: { id: string; note?: string },
): Promise<number> {
  const instance = await loadInstance(tx, office.definitions, id, actor.bureau);
  const { row } = instance;
  if (row["applicant_id"] !== actor.id && !actor.permissions.has("site.instances"))
    throw new JinshuiError("forbidden", `Only the applicant and administrators remind of ${id}`, {
      details: { permissions: ["site.instances"] },
    });
  if (row["status"] === "active" && !mayUrge(actor, row, tx.time))
    throw refused("urged-lately", `Somebody has reminded of ${id} within the last two hours`, { at: row["urged_at"] });
  const waiting = (await waitingFor(tx, id)).filter((person) => person !== actor.id);
  if (row["status"] !== "active" || waiting.length === 0)
    throw refused("nobody-to-urge", `Nobody else has a task of ${id} now`);
  await tx.update("wf_instance", { id }, { urged_at: tx.time });
  await tx.insert(
    "wf_notice",
    waiting.map((person): Row => ({
      id: newId(),
      person,
      kind: "urged",
      title: row["title"],
      instance: id,
      at: tx.time,
      is_read: false,
    })),
  );
  await addHistory(tx, id, {
    at: tx.time,
    type: "urged",
    by: refOf(actor),
    ...(note === undefined || note === "" ? {} : { opinion: note }),
  });
  tx.audit({
    bureau: actor.bureau,
    actor: refOf(actor),
    action: "urge",
    resource: `instance/${id}`,
    after: { note, people: waiting.length },
    trace,
  });
  const bureaus = new Set(
    (await tx.find("wf_task", { where: { instance: id, state: "open" } })).map(({ bureau }) => bureau),
  );
  for (const bureau of bureaus)
    tx.event({ bureau: String(bureau), source: "workflow", name: "notices-changed", data: { users: waiting } });
  return waiting.length;
}

async function waitingFor(reader: Reader, instance: string): Promise<string[]> {
  const rows = await reader.find("wf_candidate", { where: { instance, visible: true }, columns: ["person"] });
  return [...new Set(rows.map(({ person }) => String(person)))];
}
