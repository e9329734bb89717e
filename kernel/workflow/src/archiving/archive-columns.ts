import type { Database, Row } from "@jinshui/storage";
import type { ArchiveContent } from "./archive-content.js";
import { retainUntil } from "./retention.js";

/** What an archive is found by, from its content. */
export function archiveColumns(content: ArchiveContent): Row {
  const { number, title, applicant, definition, retention = "10", endedAt } = content;
  return {
    search_text: `${number} ${title} ${applicant.name} ${definition.title["zh-CN"]}`.slice(0, 500),
    matter: definition.key,
    applicant_id: applicant.id,
    retention,
    retain_until: retainUntil(retention, endedAt),
  };
}

/** Gives archives from before there were classes of retention theirs: ten years. */
export async function classifyArchives(database: Database): Promise<void> {
  for (;;) {
    const rows = await database.find("wf_archive", { where: { retention: null }, orderBy: ["id"], limit: 200 });
    if (rows.length === 0) return;
    await database.transaction(
      async (tx) => {
        for (const { id, content } of rows)
          await tx.update("wf_archive", { id: String(id) }, archiveColumns(content as ArchiveContent));
      },
      { essential: true },
    );
  }
}
