import test from "ava";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SiteTemplate } from "./site-template.js";

async function builtRoot(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-root-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "kernel/host/dist"), { recursive: true });
  await writeFile(join(root, "kernel/host/dist/main.js"), "1");
  return root;
}

const start = (what: string) => (data: string) => writeFile(join(data, "site.sqlite"), what);

test("what a first start leaves is copied until something else is built", async (t) => {
  const root = await builtRoot(t);
  const template = SiteTemplate.of(root);
  t.false(template.isThere);
  await template.make(start("first"));
  t.true(SiteTemplate.of(root).isThere);
  const copy = join(root, "copy");
  await template.copyTo(copy);
  t.is(await readFile(join(copy, "site.sqlite"), "utf8"), "first");

  await writeFile(join(root, "kernel/host/dist/main.js"), "22");
  t.false(SiteTemplate.of(root).isThere);
});

test("of two that make it at once one is kept, and nothing of one that fails", async (t) => {
  const root = await builtRoot(t);
  const template = SiteTemplate.of(root);
  await t.throwsAsync(
    template.make(() => Promise.reject(new Error("no start"))),
    { message: "no start" },
  );
  t.deepEqual(await readdir(template.parent), []);
  await Promise.all([template.make(start("one")), template.make(start("two"))]);
  t.deepEqual(
    (await readdir(template.parent)).map((name) => join(template.parent, name)),
    [template.folder],
  );
});
