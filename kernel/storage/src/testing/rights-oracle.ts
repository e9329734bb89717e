import type { CollectionDefinition } from "@jinshui/contracts";

type Right = "read" | "write" | "export";
type Scope = "own" | "department" | "bureau" | "subtree";

const SCOPES: Scope[] = ["own", "department", "bureau", "subtree"];
export const collection = "case.item";
const text = (title: string): { type: "string"; title: { "zh-CN": string } } => ({
  type: "string",
  title: { "zh-CN": title },
});
const granted = (right: Right): { permission: string; rows: Scope }[] =>
  SCOPES.map((rows) => ({ permission: `case.${right}-${rows}`, rows }));

export const item: CollectionDefinition = {
  name: "item",
  title: { "zh-CN": "事项" },
  fields: {
    title: text("标题"),
    hint: { ...text("线索"), permissions: { read: ["case.secret"], write: ["case.secret"] } },
    reference: { ...text("案号"), masked: { unless: ["case.unmask"] } },
    remark: { ...text("批示"), permissions: { write: ["case.secret"] } },
    mark: text("记号"),
    owner: { type: "person", title: { "zh-CN": "经办人" } },
    section: { type: "department", title: { "zh-CN": "科室" } },
    papers: { type: "attachments", title: { "zh-CN": "附件" } },
  },
  unique: [["mark"]],
  owner: { person: "owner", department: "section" },
  display: { title: "title", list: ["title"] },
  permissions: { read: granted("read"), write: granted("write"), export: granted("export") },
};

/** Whose records there are. */
export const ROWS = {
  mine: { bureau: "wuhu", owner: "己", section: "levy" },
  department: { bureau: "wuhu", owner: "彼", section: "levy" },
  bureau: { bureau: "wuhu", owner: "彼", section: "legal" },
  county: { bureau: "fanchang", owner: "彼", section: "levy" },
  other: { bureau: "hefei", owner: "己", section: "levy" },
};
export type RowName = keyof typeof ROWS;

/** What stands in every record, by kind of field. */
export const VALUES = { title: "标题", hint: "密", reference: "340201", remark: "阅" };
export type FieldName = keyof typeof VALUES;

/** Who calls: a part of the kernel or a plugin, for a person or for itself. */
export interface Who {
  name: string;
  caller: "gateway" | "case" | "asset";
  bureau: string;
  permissions?: string[];
  /** A token that access refuses, with the code of the refusal. */
  broken?: "session-expired" | "forbidden";
}

export const all = (scope: Scope, ...more: string[]): string[] => [
  ...["read", "write", "export"].map((right) => `case.${right}-${scope}`),
  ...more,
];
const PERMISSIONS: Record<string, string[]> = {
  "no right": [],
  "another plugin's right": ["asset.view", "asset.manage"],
  ...Object.fromEntries(SCOPES.map((scope) => [`${scope} rows`, all(scope)])),
  "the bureau's to read, own to write": ["case.read-bureau", "case.write-own"],
  "only writing": ["case.write-bureau"],
  "all fields": all("bureau", "case.secret", "case.unmask"),
  administration: ["site.files"],
};
const by = (caller: Who["caller"], held: string, bureau = "wuhu"): Who => ({
  name: `${caller} for a person with ${held} in ${bureau}`,
  caller,
  bureau,
  permissions: PERMISSIONS[held] ?? [],
});
export const CALLERS: Who[] = [
  ...Object.keys(PERMISSIONS).map((held) => by("gateway", held)),
  by("gateway", "subtree rows", "fanchang"),
  by("gateway", "all fields", "hefei"),
  by("case", "no right"),
  by("case", "own rows"),
  by("case", "subtree rows"),
  by("case", "administration"),
  by("asset", "all fields"),
  ...(["gateway", "case", "asset"] as const).map((caller) => ({ name: `${caller} alone`, caller, bureau: "wuhu" })),
  { name: "an expired token", caller: "gateway", bureau: "wuhu", broken: "session-expired" },
  { name: "a token of another's", caller: "case", bureau: "wuhu", broken: "forbidden" },
];

/** The oracle: how far a right reaches. */
export function scopeOf({ caller, permissions }: Who, right: Right): Scope | undefined {
  if (caller === "asset") return undefined;
  if (permissions === undefined) return caller === "case" ? "bureau" : undefined;
  return SCOPES.findLast((scope) => permissions.includes(`case.${right}-${scope}`));
}

export function lies(row: (typeof ROWS)[RowName], scope: Scope, bureau: string): boolean {
  if (scope === "subtree") return row.bureau === bureau || (bureau === "wuhu" && row.bureau === "fanchang");
  if (row.bureau !== bureau) return false;
  return scope === "bureau" || (scope === "own" ? row.owner === "己" : row.section === "levy");
}

export function seen({ permissions }: Who, field: FieldName): "absent" | "masked" | "clear" {
  if (permissions === undefined) return "clear";
  if (field === "hint" && !permissions.includes("case.secret")) return "absent";
  return field === "reference" && !permissions.includes("case.unmask") ? "masked" : "clear";
}

export const writable = ({ permissions }: Who, field: FieldName): boolean =>
  permissions === undefined || (field !== "hint" && field !== "remark") || permissions.includes("case.secret");

/** What a call about one record comes to; a list is asked for no more than the bureau. */
export function reach(
  who: Who,
  row: RowName,
  right: Right,
  found: string,
  missing = "not-found",
  list = false,
): string {
  const scope = scopeOf(who, right);
  if (scope === undefined) return "forbidden";
  return lies(ROWS[row], list && scope === "subtree" ? "bureau" : scope, who.bureau) ? found : missing;
}

export const written = (who: Who, row: RowName, field: FieldName): string =>
  reach(who, row, "write", writable(who, field) ? "ok" : "forbidden");

export const administers = ({ caller, permissions }: Who, found: string): string =>
  caller === "gateway" && permissions?.includes("site.files") === true ? found : "forbidden";

export const readsFile = (who: Who, row: RowName): string =>
  ROWS[row].bureau === who.bureau && reach(who, row, "read", "ok") === "ok" ? "ok" : "not-found";

export const ownTransfer = (who: Who, row: RowName): boolean =>
  row === "mine" && who.bureau === "wuhu" && who.permissions !== undefined && who.caller !== "asset";
