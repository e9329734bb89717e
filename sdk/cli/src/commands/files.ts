import { storageApi } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { readArguments } from "../arguments.js";
import { signIn, SITE_OPTIONS } from "../site-client.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";

const LOOK_MS = 500;

/** `jinshui files verify`: has a running site hash every stored content again; 1 when one is missing, damaged or orphaned. */
export async function filesVerify(args: string[]): Promise<number> {
  const { values } = readArguments(args, SITE_OPTIONS);
  const site = await signIn(values);
  try {
    const storage = site.client(storageApi);
    let check = await storage.checkFiles({});
    while (check.running) {
      await sleep(LOOK_MS);
      check = await storage.fileCheck({});
    }
    for (const { sha256, problem, files } of check.problems)
      process.stdout.write(`${problem}  ${sha256}  ${files.join(" ")}\n`);
    process.stdout.write(`${t("files.checked", { n: check.checked, problems: check.problems.length })}\n`);
    return check.problems.length === 0 ? 0 : 1;
  } finally {
    await site.signOut();
  }
}

const COLUMNS = ["file", "bureau", "uploadedAt", "uploadedBy", "signature", "name"] as const;

/** `files quarantine list`: one line per file that holds a virus; 1 when there is any. */
export async function quarantineList(args: string[]): Promise<number> {
  const { values } = readArguments(args, SITE_OPTIONS);
  const site = await signIn(values);
  try {
    const storage = site.client(storageApi);
    let cursor: string | undefined;
    let count = 0;
    do {
      const page = await storage.quarantinedFiles({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
      for (const file of page.files) process.stdout.write(`${COLUMNS.map((name) => file[name]).join("  ")}\n`);
      count += page.files.length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    process.stdout.write(`${t("files.quarantined", { n: count })}\n`);
    return count === 0 ? 0 : 1;
  } finally {
    await site.signOut();
  }
}

/** `files quarantine release|delete`: lets a file out, or removes its content for good. */
export async function quarantineDecide(args: string[], verdict: "release" | "delete"): Promise<number> {
  const { values, words } = readArguments(args, { ...SITE_OPTIONS, reason: { type: "string" } });
  const [file] = words;
  const { reason } = values;
  if (file === undefined || words.length > 1) throw new UsageError(t("files.which"));
  if (reason === undefined) throw new UsageError(t("files.why"));
  const site = await signIn(values);
  try {
    const storage = site.client(storageApi);
    await (verdict === "release" ? storage.releaseFile({ file, reason }) : storage.destroyFile({ file, reason }));
    process.stdout.write(`${t(verdict === "release" ? "files.released" : "files.deleted", { file })}\n`);
    return 0;
  } finally {
    await site.signOut();
  }
}
