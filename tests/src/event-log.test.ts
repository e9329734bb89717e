import { storageApi, workflowApi } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { Parser } from "saxen";

let site: TestSite;
test.before("start a site", async () => {
  site = await TestSite.start();
});
test.after.always("stop it", () => site.stop());

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

/** The elements of a document; throws where it is not well-formed. */
function parsed(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [] };
  const open = [root];
  const parser = new Parser();
  parser.on("error", (error: Error) => {
    throw error;
  });
  parser.on("openTag", (name: string, attributes: () => Record<string, string>, decode: (text: string) => string) => {
    const own = Object.fromEntries(Object.entries(attributes()).map(([key, value]) => [key, decode(value)]));
    const element = { name, attributes: own, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closeTag", () => open.pop());
  parser.parse(xml);
  if (open.length !== 1 || root.children.length !== 1) throw new Error("an element was left open");
  return root.children[0] ?? root;
}

const TYPES = ["string", "date", "int", "float", "boolean", "id", "list", "container"];

/** What IEEE 1849 asks of every log, as far as we write it: what may stand where, and which attributes must. */
function checkXes(t: ExecutionContext, log: Element): void {
  t.is(log.name, "log");
  t.regex(log.attributes["xes.version"] ?? "", /^1849/);
  t.true("xes.features" in log.attributes);
  const order = ["extension", "global", "classifier", "attribute", "trace"];
  const kinds = log.children.map(({ name }) => (TYPES.includes(name) ? "attribute" : name));
  t.deepEqual(
    kinds,
    [...kinds].sort((one, other) => order.indexOf(one) - order.indexOf(other)),
    "in the schema's order",
  );
  const prefixes = log.children.flatMap(({ name, attributes: { prefix = "" } }) =>
    name === "extension" ? [prefix] : [],
  );
  for (const extension of log.children.filter(({ name }) => name === "extension"))
    t.deepEqual(Object.keys(extension.attributes).sort(), ["name", "prefix", "uri"]);
  const attributes = (element: Element): Map<string, Element> => {
    const own = element.children.filter(({ name }) => TYPES.includes(name));
    for (const { name, attributes: given } of own) {
      t.deepEqual(Object.keys(given), ["key", "value"]);
      const [prefix = ""] = given["key"]?.split(":") ?? [];
      t.true(prefixes.includes(prefix) || prefix === "jinshui", given["key"] ?? "");
      if (name === "date") t.is(new Date(given["value"] ?? "").toISOString(), given["value"] ?? "");
      if (name === "int") t.regex(given["value"] ?? "", /^-?\d+$/);
    }
    const keys = own.map(({ attributes: { key = "" } }) => key);
    t.is(new Set(keys).size, keys.length, "each once");
    return new Map(own.map((each) => [each.attributes["key"] ?? "", each]));
  };
  attributes(log);
  for (const trace of log.children.filter(({ name }) => name === "trace")) {
    t.true(attributes(trace).has("concept:name"));
    let last = "";
    for (const event of trace.children.filter(({ name }) => name === "event")) {
      const own = attributes(event);
      for (const key of ["concept:name", "time:timestamp", "lifecycle:transition"]) t.true(own.has(key), key);
      const at = own.get("time:timestamp")?.attributes["value"] ?? "";
      t.true(at >= last, "in the order of time");
      last = at;
    }
  }
}

async function exported(person: TestPerson, month: string): Promise<string> {
  const { file } = await person.client(workflowApi).exportMatterLog({ from: month, to: month });
  const { url } = await person.client(storageApi).claimFile({ file });
  return (await person.send("GET", url)).text();
}

const valuesOf = (element: Element, key: string): string[] => [
  ...(element.attributes["key"] === key ? [element.attributes["value"] ?? ""] : []),
  ...element.children.flatMap((child) => valuesOf(child, key)),
];

test("a month's matters come as an XES log, whatever they hold; names only for who may see them", async (t) => {
  const reason = `<reason & "quotes" 'x'>\n\ttab`;
  const clerk = (await site.signIn("hanbo")).client(workflowApi);
  const { definitions } = await clerk.definitions({ limit: 200 });
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const { id, number } = await clerk.start({ definition, values: { category: "desktop", reason, place: "大厅" } });
  await clerk.cancelInstance({ id, reason: "不需要了" });
  const month = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date()).slice(0, 7);

  const named = parsed(await exported(await site.signIn("sunjie"), month));
  checkXes(t, named);
  t.deepEqual(valuesOf(named, "jinshui:title"), [`设备领用：${reason}`]);
  const trace = named.children.find(({ name }) => name === "trace") ?? named;
  t.deepEqual(valuesOf(trace, "concept:name").slice(0, 3), [number, "提出申请", "科长审批"]);
  t.deepEqual(valuesOf(trace, "lifecycle:transition"), ["complete", "schedule", "ate_abort"]);
  t.true(valuesOf(trace, "org:resource").includes("韩波"));

  const text = await exported(await site.signIn("sj004"), month);
  t.false(/韩波|reason/.test(text));
  const masked = parsed(text);
  checkXes(t, masked);
  t.regex(valuesOf(masked, "org:resource")[0] ?? "", /^P-[0-9a-f]{12}$/);
  const none = parsed(await exported(await site.signIn("sunjie"), "2001-01"));
  t.is(none.children.filter(({ name }) => name === "trace").length, 0);
  await t.throwsAsync(exported(await site.signIn("hanbo"), month), { code: "forbidden" } as never);
});
