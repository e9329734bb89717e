import test from "ava";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelModule } from "./kernel-bundle.js";

test("the kernel runs from its bundle only where that is not older than what it is made of", (t) => {
  const root = mkdtempSync(join(tmpdir(), "jinshui-bundle-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, seconds: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
    utimesSync(join(root, path), seconds, seconds);
  };
  const chosen = (): string => relative(root, fileURLToPath(kernelModule(root)));
  write("kernel/host/dist/.tsbuildinfo", 1_000);
  write("kernel/storage/dist/.tsbuildinfo", 1_000);
  write("sdk/bus/dist/.tsbuildinfo", 1_000);
  t.is(chosen(), "kernel/host/dist/run.js", "there is none");
  write("kernel/host/dist/bundle.js", 1_001);
  t.is(chosen(), "kernel/host/dist/bundle.js");
  write("sdk/bus/dist/.tsbuildinfo", 1_002);
  t.is(chosen(), "kernel/host/dist/run.js", "the SDK was compiled since");
  write("kernel/host/dist/bundle.js", 1_002);
  t.is(chosen(), "kernel/host/dist/bundle.js");
  write("kernel/storage/dist/.tsbuildinfo", 1_003);
  t.is(chosen(), "kernel/host/dist/run.js", "a part of the kernel was compiled since");
});
