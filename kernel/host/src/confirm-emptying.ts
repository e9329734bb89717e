import { createInterface } from "node:readline/promises";
import { UsageError } from "./options.js";

/**
 * Asks whoever sits at a terminal whether a data folder is to be emptied.
 * @throws UsageError when the answer is no, or nobody sits there.
 */
export async function confirmEmptying(folder: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UsageError(
      `--fresh 会清空 ${folder}，请加 --yes 确认 · --fresh would empty ${folder}; add --yes if that is meant`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`清空 ${folder} 中的全部数据？ · Empty ${folder}? [yes/no] `);
  terminal.close();
  if (!/^(y|yes|是)$/i.test(answer.trim()))
    throw new UsageError("没有清空，也没有启动 · nothing was emptied or started");
}
