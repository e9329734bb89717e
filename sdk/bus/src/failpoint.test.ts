import test from "ava";
import { execFileSync, spawnSync } from "node:child_process";
import { readFailures } from "./failpoint.js";

const MODULE = new URL("failpoint.js", import.meta.url).href;

function run(fail: string, script: string): ReturnType<typeof spawnSync> {
  return spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `import { failpoint } from ${JSON.stringify(MODULE)};${script}`],
    { env: { ...process.env, JINSHUI_FAIL: fail }, encoding: "utf8" },
  );
}

test("without the variable a failpoint does nothing, and costs next to nothing", (t) => {
  const out = execFileSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { failpoint } from ${JSON.stringify(MODULE)};
       const from = performance.now(); for (let i = 0; i < 1e7; i += 1) failpoint("after-commit");
       console.log((performance.now() - from) / 10);`,
    ],
    { env: { ...process.env, JINSHUI_FAIL: "" }, encoding: "utf8" },
  );
  t.true(Number(out) < 200, `${out.trim()} ns a call`);
});

test("a failpoint kills, fails or stops the process where it is told to, the n-th time only when asked", (t) => {
  const killed = run(
    "b:kill:2",
    `failpoint("a"); failpoint("b"); console.log("once"); failpoint("b"); console.log("no")`,
  );
  t.is(killed.signal, "SIGKILL");
  t.is(String(killed.stdout).trim(), "once");
  const failed = run("a:error", `try { failpoint("a") } catch (error) { console.log(error.message) }`);
  t.is(String(failed.stdout).trim(), "failpoint a");
  const paused = run(
    "a:pause:120",
    `const f = performance.now(); failpoint("a"); console.log(performance.now() - f >= 119)`,
  );
  t.is(String(paused.stdout).trim(), "true");
});

test("what is no failure is refused, so that no fault test passes without its fault", (t) => {
  for (const bad of ["a", "a:kil", "a:pause", "a:kill:x", "A:kill"]) t.throws(() => readFailures(bad), undefined, bad);
  t.is(readFailures("").size, 0);
  t.is(readFailures("a:kill,b:pause:5:2").size, 2);
});
