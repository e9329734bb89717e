import type { HistoryEntry, SignatureCheck, SignatureFault, SignedContent } from "@jinshui/contracts";
import type { EngineEvent, InstanceState } from "@jinshui/engine";
import { signedActions } from "@jinshui/engine/site-check";
import type { Signed, Verifier } from "@jinshui/signature";
import { canonicalJson, type Reader, type Row } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import { variablesAround } from "./variables-around.js";

/** What tells whether a signature holds. */
export type Checks = Pick<Verifier, "check">;

/** A signature as it is stored, and sealed into the archive. */
export interface StoredSignature extends Signed {
  task: string;
  /** The number of the command that finished the task. */
  seq: number;
  /** The signed text. */
  content: string;
}

/** An instance as it is stored, with its history. */
export interface StoredInstance {
  row: Row;
  definition: Definition;
  history: HistoryEntry[];
}

/** The signatures of an instance in the order in which they were made. */
export async function storedSignatures(reader: Reader, instance: string): Promise<StoredSignature[]> {
  const rows = await reader.find("wf_signature", { where: { instance }, orderBy: ["seq", "task"] });
  return rows.map((row) => ({
    task: String(row["task"]),
    seq: Number(row["seq"]),
    content: String(row["content"]),
    mechanism: String(row["mechanism"]),
    certificate: String(row["certificate"]),
    signature: String(row["signature"]),
  }));
}

/** Checks every signature of an instance against everything that is stored of it, and finds those that should be there. */
export async function checkSignatures(
  reader: Reader,
  signatures: Checks,
  instance: StoredInstance,
): Promise<SignatureCheck[]> {
  const { row, definition, history } = instance;
  const stored = await storedSignatures(reader, String(row["id"]));
  const missing = history.filter((entry) => isMissing(entry, definition, stored));
  if (stored.length + missing.length === 0) return [];
  const lines =
    stored.length === 0
      ? []
      : await reader.find("wf_event", { where: { instance: String(row["id"]) }, orderBy: ["seq"] });
  const events = lines.map((line) => ({ seq: Number(line["seq"]), events: line["events"] as EngineEvent[] }));
  const checked = await Promise.all(
    stored.map((signature) => checkOne(reader, signatures, instance, events, signature)),
  );
  return [
    ...checked,
    ...missing.map(({ task = "", by, onBehalfOf, at }): SignatureCheck => ({
      task,
      valid: false,
      fault: "missing",
      at,
      ...(by ? { signer: by } : {}),
      ...(onBehalfOf ? { onBehalfOf } : {}),
    })),
  ];
}

function isMissing(
  { type, task, element = "", action = "" }: HistoryEntry,
  { model }: Definition,
  stored: StoredSignature[],
): boolean {
  return (
    type === "task-completed" &&
    signedActions(model.elements[element]?.extensions ?? {}).includes(action) &&
    !stored.some((signature) => signature.task === task)
  );
}

async function checkOne(
  reader: Reader,
  signatures: Checks,
  instance: StoredInstance,
  events: { seq: number; events: EngineEvent[] }[],
  stored: StoredSignature,
): Promise<SignatureCheck> {
  const { task } = stored;
  const content = parsed(stored.content);
  const at = content?.at ?? "";
  const verdict = await signatures.check(reader, stored, Buffer.from(stored.content, "utf8"), at);
  const fault =
    verdict.fault ?? (content ? contentFault(instance, events, stored, content, verdict.person) : "signature");
  return {
    task,
    valid: fault === undefined,
    ...(fault === undefined ? {} : { fault }),
    ...(content ? { signer: content.signer } : {}),
    ...(content?.onBehalfOf ? { onBehalfOf: content.onBehalfOf } : {}),
    ...(content?.at === undefined ? {} : { at: content.at }),
    ...(verdict.algorithm === undefined ? {} : { algorithm: verdict.algorithm }),
    ...(verdict.serial === undefined ? {} : { serial: verdict.serial }),
    ...(verdict.subject === undefined ? {} : { subject: verdict.subject }),
  };
}

/** Whether what is stored beside a signature is what was signed. */
function contentFault(
  { row, definition, history }: StoredInstance,
  events: { seq: number; events: EngineEvent[] }[],
  { task, seq }: StoredSignature,
  content: SignedContent,
  person: string | undefined,
): SignatureFault | undefined {
  if (content.signer.id !== person) return "certificate";
  const entry = history.find((candidate) => candidate.type === "task-completed" && candidate.task === task);
  if (!entry) return "step";
  if ((entry.opinion ?? "") !== content.opinion) return "opinion";
  const said = [content.task.id, content.instance, content.process, content.bureau];
  const { key, version, sha256 } = definition;
  const stands = [task, { id: row["id"], number: row["number"] }, { key, version, sha256 }, row["bureau"]];
  const done = [
    content.task.element,
    content.task.step,
    content.action,
    content.signer,
    content.onBehalfOf ?? null,
    content.at,
  ];
  const told = [entry.element, entry.step, entry.action, entry.by, entry.onBehalfOf ?? null, entry.at];
  if (canonicalJson([said, done]) !== canonicalJson([stands, told])) return "step";
  return formFault(events, seq, content, row["state"] as InstanceState);
}

/** Whether the form was what was signed when it was, and is now what it has become since. */
function formFault(
  events: { seq: number; events: EngineEvent[] }[],
  seq: number,
  { values }: SignedContent,
  state: InstanceState,
): SignatureFault | undefined {
  const { before, written, now } = variablesAround(events, seq);
  const same = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null);
  for (const [key, value] of Object.entries(values)) {
    const candidates = written[key] ?? [before[key]];
    if (!candidates.some((candidate) => same(candidate, value))) return "form";
    if (!same(now[key], state.variables[key])) return "form";
  }
  return undefined;
}

function parsed(text: string): SignedContent | undefined {
  try {
    return JSON.parse(text) as SignedContent;
  } catch {
    return undefined;
  }
}
