import { type DescribedCollection, type Field, storageApi } from "@jinshui/contracts";
import { client } from "../api-client.js";

/** A collection as the person meets it, with all those of its plugin by name. */
export interface KnownCollection extends DescribedCollection {
  siblings: ReadonlyMap<string, DescribedCollection>;
}

/** Asks what a collection is; nothing when this person may not read it. */
export async function knownCollection(id: string): Promise<KnownCollection | undefined> {
  const { collections } = await client(storageApi).describe({ plugin: id.split(".")[0] ?? "" });
  const siblings = new Map(collections.map((described) => [described.definition.name, described]));
  const found = collections.find((described) => described.id === id);
  return found && { ...found, siblings };
}

/** Another collection of the same plugin; nothing when this person may not read it. */
export function siblingOf({ siblings }: KnownCollection, name: string | undefined): KnownCollection | undefined {
  const found = siblings.get(name ?? "");
  return found && { ...found, siblings };
}

/** Fields that this person may see, in the order of the definition. */
export function visibleFields({ definition, fields }: DescribedCollection): [string, Field][] {
  return Object.entries(definition.fields).filter(([name]) => !fields.hidden.includes(name));
}

/** The text that names a record. */
export function recordTitle({ definition }: DescribedCollection, values: Record<string, unknown>): string {
  const title = values[definition.display.title];
  return typeof title === "string" || typeof title === "number" ? String(title) : "";
}

/** Columns of a list that this person may see. */
export function shownColumns({ definition, fields }: DescribedCollection): string[] {
  return definition.display.list.filter((name) => !fields.hidden.includes(name));
}
