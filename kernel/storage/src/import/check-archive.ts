import { JinshuiError } from "@jinshui/contracts";
import { inspectArchive } from "../files/inspect-archive.js";

/** What the parts of a workbook may come to when they are unpacked. */
const WORKBOOK = { unpackedBytes: 100 * 1024 * 1024, entries: 1_000, depth: 0 };

/**
 * Looks through a workbook before it is read.
 * @throws JinshuiError `too-large` or `invalid-file`.
 */
export async function checkArchive(path: string, name: string): Promise<void> {
  await inspectArchive(path, name, WORKBOOK);
}

/** The way to tell that a file is no workbook that can be read. */
export function unreadable(name: string): (cause: unknown) => never {
  return (cause) => {
    throw new JinshuiError(
      "invalid-file",
      `${name} is no readable .xlsx workbook: ${cause instanceof Error ? cause.message : String(cause)}`,
      { details: { name }, cause },
    );
  };
}
