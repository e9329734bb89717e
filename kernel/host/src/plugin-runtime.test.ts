import test from "ava";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runtimeConditions } from "./plugin-runtime.js";

test("plugins get the SDK in one file only where that is not older than what it is made of", (t) => {
  const root = mkdtempSync(join(tmpdir(), "jinshui-runtime-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, seconds: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
    utimesSync(join(root, path), seconds, seconds);
  };
  t.deepEqual(runtimeConditions(root), [], "nothing is built");
  write("sdk/plugin/dist/index.js", 1_000);
  write("sdk/contracts/dist/deep/api.js", 1_000);
  t.deepEqual(runtimeConditions(root), [], "there is none");
  write("sdk/plugin/dist/runtime/index.js", 1_001);
  t.deepEqual(runtimeConditions(root), ["jinshui-runtime"]);
  write("sdk/contracts/dist/deep/api.test.js", 2_000);
  t.deepEqual(runtimeConditions(root), ["jinshui-runtime"], "tests are not in it");
  write("sdk/contracts/dist/deep/api.js", 1_002);
  t.deepEqual(runtimeConditions(root), [], "the SDK was compiled since");
});
