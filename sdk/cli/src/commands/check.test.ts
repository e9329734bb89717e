import test from "ava";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findProblems } from "./check.js";

const title = { "zh-CN": "物" };
const permissions = { read: ["things.view"], write: ["things.view"] };
const name = { type: "string", title };
const process = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="p" name="领用" jinshui:startPositions="clerk">
<startEvent id="s" jinshui:form="request"/><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="e"/></process></definitions>`;

/** What is wrong with a plugin of these files, where nothing was wrong before `change`. */
async function problemsOf(change: Record<string, unknown>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "jinshui-check-"));
  const files = {
    "package.json": {
      name: "@example/things",
      version: "1.0.0",
      jinshui: {
        id: "things",
        schema: 1,
        title,
        requires: { apis: { storage: "^1.0" } },
        grants: { apis: [] },
        contributes: {
          collections: "collections/",
          formats: "formats/",
          forms: "forms/",
          processes: "processes/",
          permissions: [{ id: "things.view", title, positions: ["clerk"] }],
          views: [{ id: "things", kind: "collection", collection: "thing", title }],
          menu: [{ view: "things", group: "business" }],
        },
      },
    },
    "formats/code.json": { name: "code", title, pattern: { source: "\\d+", message: title }, example: "1" },
    "forms/request.json": { type: "default", id: "request", components: [{ type: "textfield", key: "reason" }] },
    "processes/p.bpmn": process,
    "collections/thing.json": {
      name: "thing",
      title,
      fields: { name },
      display: { title: "name", list: ["name"] },
      permissions,
    },
    "collections/part.json": {
      name: "part",
      title,
      fields: { name: { ...name, format: "code" }, thing: { type: "reference", title, collection: "thing" } },
      display: { title: "name", list: ["name"] },
      permissions,
    },
    ...change,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  try {
    return (await findProblems(folder)).map(({ file, message }) => `${file}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a value that is none of the allowed ones is refused with those that are, and nothing else follows from it", async (t) => {
  t.deepEqual(await problemsOf({}), []);
  const fields = { name: { ...name, type: "strng" } };
  const display = { title: "name", list: ["name"] };
  const [first = "", ...more] = await problemsOf({
    "collections/thing.json": { name: "thing", title, fields, display, permissions },
  });
  t.regex(first, /^collections\/thing\.json: \/fields\/name\/type must be one of string, text, integer, /);
  t.deepEqual(more, [], "a view and a reference are of a collection that is there");
  const [format = "", ...others] = await problemsOf({ "formats/code.json": "{" });
  t.regex(format, /^formats\/code\.json: is no JSON/);
  t.deepEqual(others, []);
  t.deepEqual(
    await problemsOf({ "forms/request.json": { type: "default", id: "request", components: [{ type: "memo" }] } }),
    [
      "forms/request.json: /components/0/type must be one of textfield, textarea, number, checkbox, radio, select, date, datetime, filepicker, text, separator, group, dynamiclist",
    ],
  );
});

test("where one of several forms is asked for, what is wrong with the nearest is said, and not that the others fit less", async (t) => {
  const thing = { name: "thing", title, fields: { name }, display: { title: "name", list: ["name"] } };
  const withRead = (read: unknown): Record<string, unknown> => ({
    "collections/thing.json": { ...thing, permissions: { ...permissions, read: [read] } },
  });
  t.deepEqual(await problemsOf(withRead({ permission: "things.view", rows: "mine" })), [
    "collections/thing.json: /permissions/read/0/rows must be one of own, department, bureau, subtree",
  ]);
  t.true((await problemsOf(withRead(7))).length > 0);
  t.deepEqual(await problemsOf(withRead("things.see")), [
    'collections/thing.json: asks for permission "things.see", which is not declared',
  ]);
});
