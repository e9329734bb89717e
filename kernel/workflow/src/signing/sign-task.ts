import { JinshuiError, type OpInput, type OpOutput, type SignedContent, type WorkflowApi } from "@jinshui/contracts";
import type { Signatures } from "@jinshui/signature";
import type { Actor, Reader, Transaction } from "@jinshui/storage";
import { canonical, sha256 } from "./canonical.js";

/** That somebody signs what was shown: by which certificate, and the hash of what that was. */
export type Agreement = NonNullable<OpInput<WorkflowApi, "complete">["signature"]>;

/**
 * What is shown before a signature, and the certificate it will be made with.
 * @throws JinshuiError `signature-refused` for who has no certificate in force.
 */
export async function shownContent(
  reader: Reader,
  signatures: Signatures,
  actor: Actor,
  content: SignedContent,
): Promise<OpOutput<WorkflowApi, "prepareSignature">> {
  const certificate = await signatures.certificateOf(reader, actor.id);
  if (!certificate)
    throw new JinshuiError("signature-refused", `${actor.name} has no signing certificate in force`, {
      details: { reason: "no-certificate" },
    });
  return { content, sha256: sha256(canonical(content)), certificate };
}

/**
 * Signs what somebody does with a task, in the transaction that finishes it; the signature's SHA-256, for the audit trail.
 * @throws JinshuiError `signature-required` without an agreement; `signature-refused` when it is to something else than what is done.
 */
export async function signTask(
  tx: Transaction,
  signatures: Signatures,
  actor: Actor,
  shown: SignedContent,
  agreement: Agreement | undefined,
  seq: number,
): Promise<string> {
  if (!agreement)
    throw new JinshuiError("signature-required", `${shown.action} of ${shown.task.element} takes a signature`, {
      details: { action: shown.action, step: shown.task.step },
    });
  if (agreement.sha256 !== sha256(canonical(shown)))
    throw new JinshuiError("signature-refused", `What ${actor.name} agreed to sign is not what is to be done`, {
      details: { reason: "content-changed" },
    });
  const content = canonical({ ...shown, at: tx.time } satisfies SignedContent);
  const signed = await signatures.sign(tx, actor.id, agreement.certificate, Buffer.from(content, "utf8"));
  await tx.insert("wf_signature", {
    task: shown.task.id,
    instance: shown.instance.id,
    seq,
    signed_at: tx.time,
    content,
    ...signed,
  });
  return sha256(signed.signature);
}
