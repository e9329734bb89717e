import { storageApi } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { readArguments } from "../arguments.js";
import { signIn, SITE_OPTIONS } from "../site-client.js";

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
    process.stdout.write(`${check.checked} contents, ${check.problems.length} problems\n`);
    return check.problems.length === 0 ? 0 : 1;
  } finally {
    await site.signOut();
  }
}
