import { isJinshuiError } from "@jinshui/contracts";
import type { Row, Transaction } from "@jinshui/storage";

/** `20261123-000017`: the day in China, and a number that counts up in the bureau over the year. */
export async function nextNumber(tx: Transaction, bureau: string): Promise<string> {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" })
    .format(new Date(tx.time))
    .replaceAll("-", "");
  const year = Number(day.slice(0, 4));
  const row = await sequence(tx, bureau, year);
  const last = Number(row["last"]) + 1;
  await tx.update("wf_sequence", { bureau, year }, { last });
  return `${day}-${String(last).padStart(6, "0")}`;
}

/** The locked row of a sequence; the first matters of a year may well ask for it at the same moment. */
async function sequence(tx: Transaction, bureau: string, year: number): Promise<Row> {
  const row = await tx.findOneForUpdate("wf_sequence", { bureau, year });
  if (row) return row;
  try {
    await tx.insert("wf_sequence", { bureau, year, last: 0 });
  } catch (error) {
    if (!isJinshuiError(error) || error.code !== "not-unique") throw error;
  }
  return (await tx.findOneForUpdate("wf_sequence", { bureau, year })) ?? { last: 0 };
}
