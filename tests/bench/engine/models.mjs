/**
 * The models all engines carry out. They are plain BPMN; only expressions differ, since our engine reads FEEL and others
 * read their own.
 * @typedef {object} BenchModel
 * @property {string} id
 * @property {string} name What is measured, for the table.
 * @property {string} xml
 * @property {Record<string, unknown>} variables Given at the start.
 * @property {number} tasks User tasks that are completed, one after the other, before it ends.
 * @property {boolean} written The state is written as JSON after each step, as a durable host would.
 */

const cardinality = (count) => ({
  inner: `<loopCardinality xsi:type="tFormalExpression">${count}</loopCardinality>`,
  attributes: "",
});

/**
 * How "a variable is above a number" and "so many times" are written; bpmn-engine calls a function the driver gives it,
 * bpmn-server knows no cardinality but a number in the place of a collection.
 */
const DIALECTS = {
  feel: { above: (name, value) => `${name} > ${value}`, times: cardinality },
  "bpmn-engine": {
    above: (name, value) => `\${environment.services.above(environment.variables.${name},${value})}`,
    times: cardinality,
  },
  "bpmn-server": {
    above: (name, value) => `(data.${name} > ${value})`,
    times: (count) => ({
      inner: "",
      attributes: ` xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:collection="${count}"`,
    }),
  },
};

/**
 * The models in one dialect.
 * @param {keyof typeof DIALECTS} [dialect]
 * @returns {BenchModel[]}
 */
export function models(dialect = "feel") {
  const { above, times } = DIALECTS[dialect];
  const userTasks = row("startEvent s", ...numbered(10, (at) => `userTask u${at}`), "endEvent e");
  return [
    model("start-end", "start and end", row("startEvent s", "endEvent e")),
    model("sequence", "10 tasks in a row", row("startEvent s", ...numbered(10, (at) => `task t${at}`), "endEvent e")),
    model("fork", "a fork and join of 10", fork(10)),
    model("choice", "5 choices by a condition", choices(5, above), { variables: { amount: 3000 } }),
    model("wait", "a user task that waits", row("startEvent s", "userTask u", "endEvent e"), { tasks: 1 }),
    model("tasks", "10 user tasks in a row", userTasks, { tasks: 10 }),
    model("written", "the same, JSON at each step", userTasks, { tasks: 10, written: true }),
    model("many", "100 at the same time", many(100, times)),
    model("deregistration", "注销税务登记, 30 steps", deregistration(above), {
      variables: { amount: 0, taxpayerKind: 2, refund: 120 },
      tasks: 8,
    }),
  ];
}

function model(id, name, content, { variables = {}, tasks = 0, written = false } = {}) {
  return { id, name, xml: document(id, content), variables, tasks, written };
}

export function document(id, content) {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d-${id}" targetNamespace="http://jinshui.cn/bench">` +
    `<process id="p-${id}" isExecutable="true">${content}</process></definitions>`
  );
}

export const numbered = (count, text) => Array.from({ length: count }, (_, at) => text(at));

/** `userTask id name…` */
export function node(text, inner = "", attributes = "") {
  const [type, id, ...name] = text.split(" ");
  return `<${type} id="${id}" name="${name.join(" ") || id}"${attributes}>${inner}</${type}>`;
}

export function flow(source, target, condition, id = `${source}-${target}`) {
  const inner = condition
    ? `<conditionExpression xsi:type="tFormalExpression">${condition.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</conditionExpression>`
    : "";
  return `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
}

const idOf = (text) => text.split(" ")[1];

/** Nodes one after the other. */
export function row(...nodes) {
  return [...nodes.map((text) => node(text)), ...links(nodes.map(idOf))].join("");
}

function links(ids) {
  return ids.slice(1).map((id, at) => flow(ids[at], id));
}

function fork(count) {
  const branches = numbered(count, (at) => `task t${at}`);
  const nodes = ["startEvent s", "parallelGateway split", ...branches, "parallelGateway join", "endEvent e"];
  const flows = branches.flatMap((text) => [flow("split", idOf(text)), flow(idOf(text), "join")]);
  return [...nodes.map((text) => node(text)), flow("s", "split"), ...flows, flow("join", "e")].join("");
}

/** Each choice looks at the amount, takes the conditional branch, and meets the default one before the next. */
function choices(count, above) {
  const parts = numbered(count, (at) => {
    const next = at === count - 1 ? "e" : `x${at + 1}`;
    return [
      node(`exclusiveGateway x${at}`, "", ` default="x${at}-b${at}"`),
      node(`task a${at}`) + node(`task b${at}`) + node(`exclusiveGateway m${at}`),
      flow(`x${at}`, `a${at}`, above("amount", 100 * at)) + flow(`x${at}`, `b${at}`),
      flow(`a${at}`, `m${at}`) + flow(`b${at}`, `m${at}`) + flow(`m${at}`, next),
    ].join("");
  });
  return [node("startEvent s"), ...parts, node("endEvent e"), flow("s", "x0")].join("");
}

function many(count, times) {
  const { inner, attributes } = times(count);
  const loop = `<multiInstanceLoopCharacteristics isSequential="false"${attributes}>${inner}</multiInstanceLoopCharacteristics>`;
  return [node("startEvent s"), node("task each", loop), node("endEvent e"), flow("s", "each"), flow("each", "e")].join(
    "",
  );
}

/** Invented after the usual steps of a tax bureau: acceptance, clearing of open matters side by side, approval, delivery. */
function deregistration(above) {
  const before = ["startEvent s 申请", "userTask accept 受理", "task check 资料核对", "task risk 风险扫描"];
  const open = [
    "task declare 未申报核查",
    "task arrears 欠税核查",
    "userTask invoices 缴销发票",
    "task device 税控设备注销",
  ];
  const after = ["userTask settle 清税结算", "task calculate 计算应补退税额", "userTask audit 清算审核"];
  const end = [
    "userTask approve 科长审批",
    "userTask sign 局领导签发",
    "task certificate 出具清税证明",
    "userTask deliver 送达",
    "task archive 归档",
    "task notify 通知",
    "endEvent e 办结",
  ];
  const gateways = [
    node("parallelGateway split 分头清理"),
    node("parallelGateway join 清理完毕"),
    node("exclusiveGateway kind 纳税人类型", "", ` default="kind-simple"`),
    node("exclusiveGateway kinds"),
    node("exclusiveGateway refund 是否退税", "", ` default="refund-approve"`),
    node("exclusiveGateway debt 有无欠税", "", ` default="debt-debts"`),
    node("exclusiveGateway debts"),
  ];
  const others = [
    "task general 一般纳税人资格核查",
    "task simple 简易核查",
    "userTask repay 办理退税",
    "task collect 追缴",
    "task register 登记信息归集",
  ];
  const nodes = [...before, ...open, ...after, ...end, ...others].map((text) => node(text));
  const flows = [
    ...links([...before.map(idOf), "register", "debt"]),
    flow("debt", "collect", above("amount", 0)) +
      flow("debt", "debts") +
      flow("collect", "debts") +
      flow("debts", "split"),
    ...open.flatMap((text) => [flow("split", idOf(text)), flow(idOf(text), "join")]),
    flow("join", "kind") + flow("kind", "general", above("taxpayerKind", 1)) + flow("kind", "simple"),
    flow("general", "kinds") + flow("simple", "kinds"),
    ...links(["kinds", ...after.map(idOf), "refund"]),
    flow("refund", "repay", above("refund", 0)) + flow("refund", "approve") + flow("repay", "approve"),
    ...links(end.map(idOf)),
  ];
  return [...nodes, ...gateways, ...flows].join("");
}
