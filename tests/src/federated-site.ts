import { TestSite } from "@jinshui/testing";
import type { ExecutionContext } from "ava";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a site's configuration has besides that of the demo. */
export interface Additions {
  /** At the end of `base.yaml`. */
  base?: string;
  /** At the end of `bureaus/wuhu.yaml`. */
  wuhu?: string;
  /** Files beside, by name. */
  files?: Record<string, string>;
}

/** A configuration folder like the demo's, with additions; it goes with the test. */
async function configsWith(t: ExecutionContext, { base = "", wuhu = "", files = {} }: Additions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-configs-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp("configs", folder, { recursive: true });
  const append = async (name: string, text: string): Promise<void> => {
    const file = join(folder, name);
    await writeFile(file, `${await readFile(file, "utf8")}\n${text}\n`);
  };
  await append("base.yaml", base);
  await append(join("bureaus", "wuhu.yaml"), wuhu);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A site with them. */
export async function siteWith(t: ExecutionContext, additions: Additions, database?: string): Promise<TestSite> {
  const configs = await configsWith(t, additions);
  const site = await TestSite.start({ configs, ...(database === undefined ? {} : { database }) });
  t.teardown(() => site.stop());
  return site;
}
