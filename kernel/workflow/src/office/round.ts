import type { ElementModel } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";
import { isNegative } from "../definition/actions.js";
import { decides } from "./task-part.js";

/** How the votes on a step make one result; `one` where it has no signers. */
export type Rule = { sign: "one" | "all" | "any" | "sequence" | "veto" } | { sign: "ratio"; ratio: number };

/** Floating point must not cost a vote. */
const TOLERANCE = 1e-9;

export function ruleOf({ extensions: { signers, sign = "all", ratio } }: ElementModel): Rule {
  if (signers === undefined) return { sign: "one" };
  if (sign === "ratio") return { sign, ratio: Number(ratio) };
  return { sign: sign as "all" | "any" | "sequence" | "veto" };
}

/** All tasks of one arrival at a step, in the order in which they were asked for. */
export async function roundOf(tx: Transaction, instance: string, engineTask: string): Promise<Row[]> {
  return tx.find("wf_task", { where: { instance, engine_task: engineTask }, orderBy: ["arrived_at", "id"] });
}

export function isWaiting({ state }: Row): boolean {
  return state === "open" || state === "planned";
}

/** The action that a step comes to, and who is named for it; nothing while more votes are needed. */
export function outcomeOf(round: readonly Row[], rule: Rule): { action: string; task: Row } | undefined {
  const rows = round.filter((row) => decides(row) && (row["state"] === "completed" || isWaiting(row)));
  const votes = rows
    .filter(({ state }) => state === "completed")
    .sort((one, other) => Number(one["seq"]) - Number(other["seq"]));
  const against = votes.filter(({ action }) => isNegative(String(action)));
  const [approved] = votes.filter(({ action }) => !isNegative(String(action)));
  const refused = against.find(({ action }) => action === "reject") ?? against[0];
  const named = (row: Row | undefined): { action: string; task: Row } | undefined =>
    row && { action: String(row["action"]), task: row };
  const open = rows.length - votes.length;
  if (rule.sign === "any") return named(votes[0]);
  if (rule.sign === "ratio") {
    const yes = votes.length - against.length;
    if (yes / rows.length >= rule.ratio - TOLERANCE) return named(approved);
    return (yes + open) / rows.length < rule.ratio - TOLERANCE ? named(refused) : undefined;
  }
  if (rule.sign !== "all" && refused) return named(refused);
  return open > 0 ? undefined : named(refused ?? approved);
}
