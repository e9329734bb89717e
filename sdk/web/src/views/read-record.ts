import { JinshuiError, storageApi, type StoredRecord } from "@jinshui/contracts";
import { client } from "../api-client.js";
import { type KnownCollection, siblingOf } from "./known-collection.js";
import { referencesOf } from "./names.js";

/** How many relations can be asked for at once. */
const RELATIONS = 10;

/**
 * A record with what it refers to and, unless it was removed, the records that belong to it.
 * @throws JinshuiError `not-found`.
 */
export async function readRecord(known: KnownCollection, id: string, removed = false): Promise<StoredRecord> {
  const storage = client(storageApi);
  const { fields, children = {} } = known.definition;
  const references = referencesOf(known, Object.keys(fields));
  if (!removed) {
    const readable = Object.entries(children).filter(([, { collection }]) => siblingOf(known, collection));
    const relations = [...readable.map(([name]) => name), ...references].slice(0, RELATIONS);
    return storage.get({ collection: known.id, id, relations });
  }
  const found = await storage.find({ collection: known.id, filter: { id }, removed, relations: references });
  const [record] = found.records;
  if (record) return record;
  throw new JinshuiError("not-found", `${known.id} has no removed record ${id}`);
}
