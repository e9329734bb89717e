import { authApi } from "@jinshui/contracts";
import { client } from "./api-client.js";
import { local } from "./texts/text.js";

const names = new Map<string, string>();
let departments: Promise<Map<string, string>> | undefined;

/** Names of people by id, asked for once each. */
export async function peopleNames(ids: string[]): Promise<Map<string, string>> {
  const unknown = [...new Set(ids)].filter((id) => !names.has(id));
  for (let start = 0; start < unknown.length; start += 100) {
    const { people } = await client(authApi).people({ ids: unknown.slice(start, start + 100), limit: 200 });
    for (const person of people) names.set(person.id, person.name);
  }
  return names;
}

/** Titles of the bureau's departments by id. */
export function departmentTitles(): Promise<Map<string, string>> {
  departments ??= client(authApi)
    .departments({})
    .then(({ departments: list }) => new Map(list.map(({ id, title }) => [id, local(title)])));
  return departments;
}
