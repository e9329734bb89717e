import type { ActorRef } from "@jinshui/contracts";
import { newId, type Row, type Transaction } from "@jinshui/storage";

/** Puts a task into somebody's inbox and tells them. */
export async function giveTo(tx: Transaction, task: Row, instance: Row, to: ActorRef): Promise<void> {
  const own = { task: String(task["id"]), person: to.id };
  if (await tx.findOne("wf_candidate", own)) await tx.update("wf_candidate", own, { visible: true });
  else {
    const { arrived_at, due_at, search_text } = task;
    await tx.insert("wf_candidate", {
      ...own,
      instance: task["instance"],
      visible: true,
      arrived_at,
      due_at,
      search_text,
    });
  }
  await tx.insert("wf_notice", {
    id: newId(),
    person: to.id,
    kind: "task",
    title: instance["title"],
    step: task["step"],
    task: task["id"],
    instance: task["instance"],
    at: tx.time,
    is_read: false,
  });
}
