import { JinshuiError } from "@jinshui/contracts";
import { stat } from "node:fs/promises";
import { openPromise } from "yauzl";

/** Most bytes that the parts of a workbook may have together when they are unpacked. */
const MAX_UNPACKED_BYTES = 100 * 1024 * 1024;
const MAX_ENTRIES = 1_000;
const MAX_SLACK_BYTES = 64 * 1024;
const FIXED_HEADER_BYTES = 30 + 46;

/**
 * Unpacks a workbook to nowhere, so that one made to burst is told by its real size before anything of it is kept. The
 * reader after this goes by the parts as they lie in the file, not by its table of contents; bytes that the table does
 * not account for are therefore refused too.
 * @throws JinshuiError `too-large` or `invalid-file`.
 */
export async function checkArchive(path: string, name: string): Promise<void> {
  const zip = await openPromise(path).catch(unreadable(name));
  let entries = 0;
  let unpacked = 0;
  let accounted = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      accounted +=
        FIXED_HEADER_BYTES +
        2 * entry.fileNameLength +
        entry.extraFieldLength +
        entry.fileCommentLength +
        entry.compressedSize;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        unpacked += (chunk as Buffer).length;
        if (unpacked > MAX_UNPACKED_BYTES || entries > MAX_ENTRIES) throw burst(name);
      }
    }
  } catch (error) {
    if (error instanceof JinshuiError) throw error;
    unreadable(name)(error);
  } finally {
    zip.close();
  }
  if ((await stat(path)).size - accounted > MAX_SLACK_BYTES) {
    throw new JinshuiError("invalid-file", `${name} holds parts that its table of contents does not name`, {
      details: { name },
    });
  }
}

function burst(name: string): JinshuiError {
  return new JinshuiError(
    "too-large",
    `${name} unpacks to more than ${MAX_UNPACKED_BYTES} bytes or ${MAX_ENTRIES} parts`,
    {
      details: { name, limit: MAX_UNPACKED_BYTES },
    },
  );
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
