import { JinshuiError } from "@jinshui/contracts";
import type { Actor } from "@jinshui/storage";
import type { Definition, Definitions } from "../definition/definitions.js";

/**
 * A version of a process that the actor's bureau may have matters of, whether or not anything can be started with it.
 * @throws JinshuiError `not-found` for one of another bureau.
 */
export async function versionOf(definitions: Definitions, { bureau }: Actor, id: string): Promise<Definition> {
  const definition = await definitions.get(id);
  if (definition.bureau === "*" || definition.bureau === bureau) return definition;
  throw new JinshuiError("not-found", `There is no matter ${id} in ${bureau}`, { details: { definition: id } });
}
