import type { FileCheck, FileProblem } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { BlobFolder } from "./blob-folder.js";

const MAX_PROBLEMS = 1_000;
const COMING_MS = 3_600_000;

/**
 * Hashes every content again. `missing` and `damaged` are those that files need, `orphaned` what lies on the disk without a
 * row; `progress` is filled while it runs.
 */
export async function checkFiles(database: Database, folder: BlobFolder, progress: FileCheck): Promise<void> {
  const report = (problem: FileProblem): void => {
    if (progress.problems.length < MAX_PROBLEMS) progress.problems.push(problem);
  };
  for (let last = ""; ;) {
    const rows = await database.find("file_blob", {
      where: { sha256: { gt: last }, state: { ne: "removed" } },
      orderBy: ["sha256"],
      columns: ["sha256", "size"],
      limit: 200,
    });
    for (const row of rows) {
      const sha256 = String(row["sha256"]);
      const state = await folder.state({ sha256, size: Number(row["size"]) });
      progress.checked += 1;
      // the sweep may have taken it meanwhile
      const isKept = state === "whole" || (await database.findOne("file_blob", { sha256 }));
      if (state !== "whole" && isKept) report({ sha256, problem: state, files: await filesWith(database, sha256) });
    }
    if (rows.length < 200) break;
    last = String(rows.at(-1)?.["sha256"]);
  }
  for await (const { sha256, at } of folder.stored()) {
    if (at > Date.now() - COMING_MS || (await database.findOne("file_blob", { sha256 }))) continue;
    report({ sha256, problem: "orphaned", files: await filesWith(database, sha256) });
  }
}

async function filesWith(database: Database, sha256: string): Promise<string[]> {
  const rows = await database.find("file", { where: { sha256 }, columns: ["id"], limit: 20 });
  return rows.map(({ id }) => String(id));
}
