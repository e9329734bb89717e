import test from "ava";
import { join } from "node:path";
import { type Part, PARTS } from "./template/options.js";
import { CHECKOUT, placeOf } from "./template/place.js";
import { pluginFiles } from "./template/plugin-files.js";

const inCheckout = await placeOf(join(CHECKOUT, "plugins", "car-pool"), true);
const filesOf = (records: string | undefined, ...parts: Part[]): Record<string, string> =>
  pluginFiles(
    { id: "car-pool", title: "车辆管理", parts: new Set(parts), ...(records === undefined ? {} : { records }) },
    inCheckout,
  );

test("a plugin of the checkout has the checkout's own packages and settings", (t) => {
  const files = filesOf("车辆", ...PARTS);
  t.like(JSON.parse(files["package.json"] ?? ""), {
    name: "@jinshui/plugin-car-pool",
    dependencies: { "@jinshui/plugin": "workspace:*" },
    devDependencies: { "@jinshui/testing": "workspace:*", "@jinshui/web": "workspace:*" },
  });
  t.like(JSON.parse(files["tsconfig.json"] ?? ""), {
    extends: "../../tsconfig.base.json",
    references: [{ path: "../../sdk/contracts" }, { path: "../../sdk/plugin" }, { path: "../../sdk/testing" }],
  });
  t.like(JSON.parse(files["web/tsconfig.json"] ?? ""), { extends: "../../../tsconfig.web.json" });
  t.false(Object.keys(files).some((path) => path.startsWith("sdk/")));
});

test("what was not asked for is not there, and names of people's own are written as they should be", (t) => {
  const files = filesOf(undefined, "page");
  for (const path of ["collections/item.json", "src/main.ts", "processes/car-pool-request.bpmn"])
    t.false(path in files, path);
  const quoted = pluginFiles({ id: "a", title: '"甲" & <乙>', parts: new Set(PARTS) }, inCheckout);
  t.true(quoted["web/home-page.ts"]?.includes(String.raw`"a.title": "\"甲\" & <乙>"`));
  t.regex(quoted["processes/a-request.bpmn"] ?? "", /name="申请&#34;甲&#34; &#38; &#60;乙&#62;"/);
});
