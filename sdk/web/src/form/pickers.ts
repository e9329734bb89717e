import { authApi, type CollectionDefinition, storageApi } from "@jinshui/contracts";
import type { ComboBoxDataProvider } from "@vaadin/combo-box/vaadin-combo-box.js";
import { client } from "../api-client.js";
import { local } from "../texts/text.js";

/** What a picker offers and gives. */
export interface Choice {
  id: string;
  title: string;
}
type ReadChoices = (
  search: string,
  cursor: string | undefined,
  limit: number,
) => Promise<{ items: Choice[]; nextCursor?: string | undefined; total?: number | undefined }>;

/** What a picker offers, page by page as people type. */
function pages(read: ReadChoices): ComboBoxDataProvider<Choice> {
  const cursors = new Map<string, string>();
  return ({ page, pageSize, filter }, callback) => {
    void (async () => {
      const cursor = page === 0 ? undefined : cursors.get(`${filter}/${page}`);
      const { items, nextCursor, total } = await read(filter, cursor, pageSize);
      if (nextCursor !== undefined) cursors.set(`${filter}/${page + 1}`, nextCursor);
      callback(items, total);
    })().catch(() => callback([], 0));
  };
}

const providers = new Map<string, ComboBoxDataProvider<Choice>>();

/** Finds records; kept per field so that the picker does not start over at every drawing. */
export function recordProvider(
  collection: string,
  filter: Record<string, unknown> | undefined,
): ComboBoxDataProvider<Choice> {
  const key = JSON.stringify([collection, filter]);
  const known = providers.get(key);
  if (known) return known;
  const provider = pages(async (search, cursor, limit) => {
    const storage = client(storageApi);
    const definition = (await storage.describe({ plugin: collection.split(".")[0] ?? "" })).collections.find(
      ({ id }) => id === collection,
    )?.definition;
    const { records, nextCursor, total } = await storage.find({
      collection,
      limit,
      ...(filter ? { filter } : {}),
      ...(search === "" ? {} : { search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return {
      items: records.map(({ id, values }) => ({ id, title: titleOf(definition, values) || id })),
      nextCursor,
      total,
    };
  });
  providers.set(key, provider);
  return provider;
}

/** People of the bureau by name, with their departments. */
export const colleagues = pages(async (search, cursor, limit) => {
  const { people, nextCursor, total } = await client(authApi).people({
    limit,
    ...(search === "" ? {} : { search }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const items = people.map(({ id, name, departmentTitle }) => ({ id, title: `${name} · ${local(departmentTitle)}` }));
  return { items, nextCursor, total };
});

/** Departments of the bureau by name. */
export const departments = pages(async (search) => {
  const all = (await client(authApi).departments({})).departments;
  const items = all
    .map(({ id, title }) => ({ id, title: local(title) }))
    .filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()));
  return { items, total: items.length };
});

/** A record in a picker: the first plain texts of its list, e.g. code, name and model. */
function titleOf(definition: CollectionDefinition | undefined, values: Record<string, unknown>): string {
  const names = definition?.display.list.filter((name) => definition.fields[name]?.type === "string") ?? [];
  return names
    .slice(0, 3)
    .map((name) => values[name])
    .filter((part) => part !== undefined)
    .join(" · ");
}
