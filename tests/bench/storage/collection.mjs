/** A register as the benches use it: twelve fields, one of them a reference to nothing else, two indexes. */
const title = (text) => ({ "zh-CN": text });

export const COLLECTION = "bench.invoice";

/** @type {import("@jinshui/contracts").CollectionDefinition} */
export const invoice = {
  name: "invoice",
  title: title("发票"),
  fields: {
    code: { type: "string", title: title("发票号码"), required: true, maxLength: 20 },
    seller: { type: "string", title: title("销方"), maxLength: 60 },
    buyer: { type: "string", title: title("购方"), maxLength: 60 },
    kind: {
      type: "enum",
      title: title("种类"),
      options: ["special", "plain", "paper"].map((value) => ({ value, title: title(value) })),
    },
    state: {
      type: "enum",
      title: title("状态"),
      options: ["open", "void", "red"].map((value) => ({ value, title: title(value) })),
    },
    amount: { type: "money", title: title("金额"), minimum: 0 },
    tax: { type: "money", title: title("税额"), minimum: 0 },
    issued: { type: "date", title: title("开票日期") },
    entered: { type: "datetime", title: title("登记时间") },
    drawer: { type: "string", title: title("开票人"), maxLength: 20 },
    checked: { type: "boolean", title: title("已核") },
    remark: { type: "string", title: title("备注"), maxLength: 200 },
  },
  indexes: [["code"], ["issued"], ["state", "issued"]],
  display: { title: "code", list: ["code"], search: ["code"], sort: ["issued"] },
  permissions: { read: ["bench.view"], write: ["bench.manage"] },
};

const pad = (number, digits) => String(number).padStart(digits, "0");

/** Values of the n-th record; invented. */
export function invoiceValues(n) {
  const amount = 10_000 + ((n * 7919) % 900_000);
  return {
    code: `FP${pad(n, 10)}`,
    seller: `芜湖示例商贸第${n % 977}有限公司`,
    buyer: `示例购方第${n % 1499}厂`,
    kind: ["special", "plain", "paper"][n % 3],
    state: ["open", "open", "open", "void", "red"][n % 5],
    amount,
    tax: Math.round(amount * 0.13),
    issued: `20${pad(5 + (n % 20), 2)}-${pad(1 + (n % 12), 2)}-${pad(1 + (n % 28), 2)}`,
    entered: `2026-0${1 + (n % 9)}-1${n % 10}T0${n % 9}:00:00.000Z`,
    drawer: `员${n % 211}`,
    checked: n % 2 === 0,
    remark: `第${n}张`,
  };
}
