import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";

// checklist: 25
test("the documented table of rules is what contracts, configuration and manifests say", (t) => {
  const script = fileURLToPath(new URL("rule-table.mjs", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  t.is(status, 0, stdout);
});
