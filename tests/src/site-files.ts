import { TestSite } from "@jinshui/testing";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** A site whose `base.yaml` has this section `files`. */
export async function siteWithFiles(
  t: { teardown(end: () => Promise<void>): void },
  files: object = {},
): Promise<TestSite> {
  const configs = await mkdtemp(join(tmpdir(), "jinshui-configs-"));
  await cp(join(root, "configs"), configs, { recursive: true });
  const base = join(configs, "base.yaml");
  await writeFile(base, `${await readFile(base, "utf8")}\nfiles: ${JSON.stringify(files)}\n`);
  const site = await TestSite.start({ configs });
  t.teardown(async () => {
    await site.stop();
    await rm(configs, { recursive: true, force: true });
  });
  return site;
}

/** A signed-in person's headers, for requests that are not JSON. */
export async function headersOf(site: TestSite, username: string): Promise<Record<string, string>> {
  const answer = await fetch(`${site.url}/api/v1/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: JSON.stringify({ username, password: "jinshui-demo-2005" }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return { cookie, "x-jinshui": "1" };
}

/** Names of all contents, halves and quarantined files a site has on the disk. */
export async function contentsOf(site: TestSite): Promise<string[]> {
  const entries = await readdir(join(site.data, "files"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Resident memory of the kernel, in MB. */
export async function memoryOf(site: TestSite): Promise<number> {
  const status = await readFile(`/proc/${site.kernelPid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}
