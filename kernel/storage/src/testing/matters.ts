import type { CollectionDefinition, FormatDefinition } from "@jinshui/contracts";

/** A number with a check digit (ISO/IEC 7064, MOD 11-2), as an invented plugin `case` brings it. */
export const caseNumber: FormatDefinition = {
  name: "case-number",
  title: { "zh-CN": "案号" },
  normalize: ["half-width", "no-spaces", "upper"],
  pattern: { source: "\\d{5}[\\dX]", message: { "zh-CN": "应为五位数字加一位校验码" } },
  check: {
    expression:
      'string(modulo(12 - modulo(sum(for i in 1..5 return number(substring(value, i, 1)) * 2 ** (6 - i)), 11), 11)) = (if ends with(value, "X") then "10" else substring(value, 6, 1))',
    message: { "zh-CN": "校验码不对，请核对" },
  },
  mask: { keepStart: 2, keepEnd: 1 },
  example: "123458",
};

const text = (title: string): { type: "string"; title: { "zh-CN": string } } => ({
  type: "string",
  title: { "zh-CN": title },
});

/** Offices in a tree. */
export const office: CollectionDefinition = {
  name: "office",
  title: { "zh-CN": "机构" },
  fields: {
    name: { ...text("名称"), required: true },
    above: { type: "reference", title: { "zh-CN": "上级" }, collection: "office" },
  },
  unique: [["name"]],
  tree: "above",
  display: { title: "name", list: ["name"], sort: ["name"] },
  permissions: { read: ["case.view"], write: ["case.manage"] },
};

/** Something to be dealt with: everything that a collection can say. */
export const matter: CollectionDefinition = {
  name: "matter",
  title: { "zh-CN": "事项" },
  fields: {
    title: { ...text("标题"), required: true },
    number: { type: "serial", title: { "zh-CN": "文号" }, serial: { pattern: "芜税{kind}[{year}]{seq:3}号" } },
    draft: {
      type: "serial",
      title: { "zh-CN": "稿号" },
      serial: { pattern: "D{seq}", gaps: "allowed", reset: "never" },
    },
    kind: {
      type: "enum",
      title: { "zh-CN": "类别" },
      default: "audit",
      options: [
        { value: "audit", title: { "zh-CN": "稽" } },
        { value: "levy", title: { "zh-CN": "征" } },
      ],
    },
    reference: { ...text("案号"), format: "case-number", masked: { unless: ["case.unmask"] } },
    amount: { type: "money", title: { "zh-CN": "税额" } },
    rate: { type: "decimal", title: { "zh-CN": "税率" }, scale: 4, minimum: 0, maximum: 1 },
    due: { type: "money", title: { "zh-CN": "应缴" }, computed: "amount * rate" },
    twice: { type: "money", title: { "zh-CN": "两倍" }, computed: "due * 2" },
    opened: { type: "date", title: { "zh-CN": "立案" } },
    closed: { type: "date", title: { "zh-CN": "结案" } },
    seen: { type: "datetime", title: { "zh-CN": "查看" } },
    office: { type: "reference", title: { "zh-CN": "机构" }, collection: "office" },
    hint: { ...text("线索"), permissions: { read: ["case.secret"], write: ["case.secret"] } },
    remark: { ...text("批示"), permissions: { write: ["case.secret"] } },
    owner: { type: "person", title: { "zh-CN": "经办人" } },
    section: { type: "department", title: { "zh-CN": "科室" } },
  },
  checks: [
    { expression: "closed >= opened", message: { "zh-CN": "结案不能早于立案" }, fields: ["closed"] },
    { expression: "amount >= 0", message: { "zh-CN": "税额不能为负" } },
  ],
  children: { notes: { title: { "zh-CN": "笔录" }, collection: "note", field: "matter" } },
  owner: { person: "owner", department: "section" },
  display: { title: "title", list: ["title"], sort: ["title"] },
  permissions: {
    read: [
      { permission: "case.own", rows: "own" },
      { permission: "case.section", rows: "department" },
      "case.view",
      { permission: "case.city", rows: "subtree" },
    ],
    write: [
      { permission: "case.own", rows: "own" },
      { permission: "case.section", rows: "department" },
      "case.manage",
      { permission: "case.city", rows: "subtree" },
    ],
    export: ["case.export"],
  },
};

/** Notes belong to a matter; the one who wrote one may be gone, then its reference is cleared. */
export const note: CollectionDefinition = {
  name: "note",
  title: { "zh-CN": "笔录" },
  fields: {
    text: { type: "text", title: { "zh-CN": "内容" }, required: true },
    matter: { type: "reference", title: { "zh-CN": "事项" }, collection: "matter" },
    place: { type: "reference", title: { "zh-CN": "地点" }, collection: "office", onRemove: "clear" },
  },
  display: { title: "text", list: ["text"] },
  permissions: { read: ["case.view"], write: ["case.manage"] },
};
