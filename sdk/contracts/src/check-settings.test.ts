import test from "ava";
import { settingsProblems } from "./check-settings.js";
import type { SettingsSchema } from "./settings.js";

test("a schema that could give a secret away, or whose defaults do not fit, is named", (t) => {
  const manifest = { server: { main: "main.js" } } as never;
  const problemsOf = (properties: SettingsSchema["properties"], required: string[] = []): string[] =>
    settingsProblems({ type: "object", properties, required, additionalProperties: false }, manifest);
  t.deepEqual(problemsOf({ limit: { type: "integer", title: "上限", default: 10 } }, ["limit"]), []);
  t.deepEqual(
    problemsOf(
      {
        key: { type: "string", title: "密钥", "x-secret": true, default: "changeme" },
        size: { type: "integer", title: "大小", default: "ten" },
        list: { type: "array", title: "列表" },
        code: { type: "string", title: "代码", pattern: "(" },
      },
      ["colour"],
    ),
    [
      'requires "colour", which is no setting of it',
      'setting "key" is a secret: everybody could read its default',
      'setting "size" has a default that does not fit:  must be integer',
      'setting "list" is an array and needs "items"',
      'setting "code" has "(", which is no regular expression',
    ],
  );
});
