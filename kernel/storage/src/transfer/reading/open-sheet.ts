import { open } from "node:fs/promises";
import { openCsv } from "./csv.js";
import type { Sheet } from "./sheet.js";
import { openXlsx } from "./xlsx.js";

/** Opens a file by what it holds, whatever it is called: archives are workbooks, all else is text. */
export async function openSheet(path: string, name: string): Promise<Sheet> {
  const file = await open(path, "r");
  let isArchive: boolean;
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    isArchive = buffer.toString("latin1") === "PK";
  } finally {
    await file.close();
  }
  return isArchive ? openXlsx(path, name) : openCsv(path, name);
}
