import { storageApi, type StoredRecord } from "@jinshui/contracts";
import { client } from "@jinshui/web";

const COLLECTION = "process-designer.draft";

/** A process that is being designed. */
export interface Draft {
  id: string;
  version: number;
  title: string;
  xml: string;
  updatedAt: string;
  updatedBy: string;
}

function draftOf({ id, version, values, updatedAt, updatedBy }: StoredRecord): Draft {
  const { title, xml = "" } = values as { title: string; xml?: string };
  return { id, version, title, xml, updatedAt, updatedBy: updatedBy.name };
}

/** A page of the bureau's drafts, the newest first, without their files. */
export async function listDrafts(page: {
  limit: number;
  cursor?: string;
}): Promise<{ items: Draft[]; nextCursor?: string | undefined; total?: number | undefined }> {
  const { records, ...rest } = await client(storageApi).find({
    collection: COLLECTION,
    sort: ["-updatedAt"],
    fields: ["title"],
    ...page,
  });
  return { items: records.map(draftOf), nextCursor: rest.nextCursor, total: rest.total };
}

export async function readDraft(id: string): Promise<Draft> {
  return draftOf(await client(storageApi).get({ collection: COLLECTION, id }));
}

export async function addDraft(title: string, xml: string): Promise<Draft> {
  return draftOf(await client(storageApi).insert({ collection: COLLECTION, values: { title, xml } }));
}

/** @throws 409 `stale-version` when somebody else has changed it meanwhile. */
export async function keepDraft({ id, version }: Draft, title: string, xml: string): Promise<Draft> {
  return draftOf(await client(storageApi).update({ collection: COLLECTION, id, version, values: { title, xml } }));
}

export async function removeDraft({ id, version }: Draft): Promise<void> {
  await client(storageApi).remove({ collection: COLLECTION, id, version });
}
