import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { checkSync } from "recheck";

// checklist: 43, 60
test("no regular expression of ours is kept busy by what people write", (t) => {
  const script = fileURLToPath(new URL("regexes.mjs", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  t.is(status, 0, stdout);
  t.is(checkSync("^(a+)+$", "").status, "vulnerable", "one that is would be found");
});
