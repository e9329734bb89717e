import type { Where } from "@jinshui/storage";
import { type Compare, type Filter, parse } from "scim2-parse-filter";
import { ScimError } from "./protocol.js";

const MAX_LENGTH = 500;

/** Where the conditions of a filter are found. */
export interface FilterTerms {
  /** Condition for people who are known by an external id. */
  externalId(value: string): Promise<Where>;
  /** Condition for those who may sign in. */
  active: Where;
}

/** Reads a filter. @throws ScimError `invalidFilter`. */
export function parsedFilter(text: string): Filter {
  if (text.length > MAX_LENGTH)
    throw new ScimError(400, `A filter has ${MAX_LENGTH} characters at most`, "invalidFilter");
  try {
    return parse(text);
  } catch (error) {
    throw new ScimError(400, `The filter can't be read: ${(error as Error).message}`, "invalidFilter");
  }
}

/** The condition for rows of `person` that a filter means: `eq` on what people are looked up by, `and`, `or`. */
export async function whereOf(filter: Filter, terms: FilterTerms): Promise<Where> {
  switch (filter.op) {
    case "and":
    case "or": {
      const parts = await Promise.all((filter as { filters: Filter[] }).filters.map((part) => whereOf(part, terms)));
      return filter.op === "and" ? { and: parts } : { or: parts };
    }
    case "eq":
      return equal(filter, terms);
    default:
      throw unsupported(filter.op);
  }
}

function equal({ attrPath, compValue }: Compare, terms: FilterTerms): Promise<Where> | Where {
  const attribute = attrPath.replace(/^urn:ietf:params:scim:schemas:core:2\.0:User:/i, "").toLowerCase();
  if (attribute === "active") return compValue === true ? terms.active : { not: terms.active };
  if (typeof compValue !== "string") throw unsupported(`${attrPath} eq ${String(compValue)}`);
  switch (attribute) {
    case "username":
      return { username: compValue.toLowerCase() };
    case "displayname":
    case "name.formatted":
      return { name: compValue };
    case "id":
      return { id: compValue };
    case "externalid":
      return terms.externalId(compValue);
    default:
      throw unsupported(attrPath);
  }
}

function unsupported(what: string): ScimError {
  const known = "userName, externalId, id, displayName and active with eq, joined by and, or";
  return new ScimError(400, `${what}: filters here know ${known}`, "invalidFilter");
}
