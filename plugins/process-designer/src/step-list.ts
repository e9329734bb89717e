/** Work that somebody does, or that a plugin does by itself (`serviceTask`). */
export interface Step {
  kind: "step";
  id: string;
  name: string;
  type: "userTask" | "serviceTask";
  /** Attributes of our namespace by local name: `position`, `form`, `dueDays`, … */
  attributes: Readonly<Record<string, string>>;
}

/** `exclusive`: one branch; `parallel`: all at once; `inclusive`: all whose condition holds. */
export type Mode = "exclusive" | "parallel" | "inclusive";

/** A way out of a fork; its items go on behind the fork unless they end or lead elsewhere. */
export interface Branch {
  /** Id of its sequence flow. */
  id: string;
  name: string;
  /** FEEL; absent where it needs none. */
  condition?: string;
  /** Taken when no condition holds. */
  otherwise?: boolean;
  items: readonly Item[];
}

export interface Fork {
  kind: "fork";
  id: string;
  name: string;
  mode: Mode;
  branches: readonly Branch[];
}

/** A gateway where branches meet. */
export interface Join {
  kind: "join";
  id: string;
  name: string;
  mode: Mode;
}

/** The matter is finished; nothing follows it in its sequence. */
export interface End {
  kind: "end";
  id: string;
  name: string;
}

/** Goes on at another item of the list; nothing follows it in its sequence. */
export interface Jump {
  kind: "jump";
  id: string;
  to: string;
}

export type Item = Step | Fork | Join | End | Jump;

/** A process as a list of steps. */
export interface StepList {
  id: string;
  name: string;
  documentation: string;
  attributes: Readonly<Record<string, string>>;
  start: { id: string; name: string; attributes: Readonly<Record<string, string>> };
  items: readonly Item[];
}

/** Why a process can't be shown as a list, and at which element. */
export interface Reason {
  code: "unreadable" | "several-processes" | "foreign-prefix" | "element" | "loop" | "lanes" | "several-ways" | "start";
  element?: string;
  /** What BPMN calls the element. */
  type?: string;
}

/** All items of a sequence and of the branches in it, in reading order. */
export function allItems(items: readonly Item[]): Item[] {
  return items.flatMap((item) =>
    item.kind === "fork" ? [item, ...item.branches.flatMap((branch) => allItems(branch.items))] : [item],
  );
}
