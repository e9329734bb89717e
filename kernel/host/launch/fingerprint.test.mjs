import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import test from "ava";
import { fingerprint } from "./fingerprint.mjs";
import { toolFolder, root } from "./workspace.mjs";

test("a change, a new file and a removed file give another fingerprint; built output does not count", async (t) => {
  await mkdir(toolFolder, { recursive: true });
  const folder = await mkdtemp(join(toolFolder, "fingerprint-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const source = join(folder, "a.ts");
  const now = () => fingerprint([relative(root, folder)]);

  await writeFile(source, "1");
  const first = now();
  t.is(now(), first);
  await utimes(source, new Date(0), new Date(0));
  const touched = now();
  t.not(touched, first);
  await writeFile(join(folder, "b.ts"), "2");
  t.not(now(), touched);
  await rm(join(folder, "b.ts"));
  t.is(now(), touched);
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "dist/a.js"), "1");
  t.is(now(), touched);
});

test("what does not exist counts as nothing", (t) => {
  t.is(fingerprint([`${relative(root, toolFolder)}/no-such-folder`]), fingerprint([]));
});
