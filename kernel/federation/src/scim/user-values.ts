import { ScimError, URN } from "./protocol.js";

/** What can be told of a person. */
export interface UserValues {
  userName?: string;
  name?: string;
  externalId?: string;
  active?: boolean;
  /** Id or title. */
  department?: string;
}

type Json = Record<string, unknown>;

/** What a User resource tells; what we don't have is left out. */
export function valuesOf(body: unknown): UserValues {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new ScimError(400, "The body must be a User", "invalidSyntax");
  const resource = withSmallKeys(body as Json);
  if (resource["password"] !== undefined)
    throw new ScimError(
      400,
      "password: passwords are not taken; people get one-time passwords or sign in elsewhere",
      "invalidValue",
    );
  const enterprise = resource[URN.enterprise.toLowerCase()];
  const department =
    typeof enterprise === "object" && enterprise !== null ? withSmallKeys(enterprise as Json)["department"] : undefined;
  const name = resource["displayname"] ?? nameOf(resource["name"]);
  return {
    ...text("userName", resource["username"]),
    ...renamed(text("displayName", name), "name"),
    ...text("externalId", resource["externalid"]),
    ...active(resource["active"]),
    ...text("department", department),
  };
}

/** Attribute paths of a patch that change something, in small letters; the rest of a path is refused. */
const PATHS: Record<string, (value: unknown) => UserValues> = {
  active,
  username: (value) => text("userName", value),
  displayname: (value) => renamed(text("displayName", value), "name"),
  name: (value) => renamed(text("name", nameOf(value)), "name"),
  "name.formatted": (value) => renamed(text("name.formatted", value), "name"),
  externalid: (value) => text("externalId", value),
  [`${URN.enterprise}:department`.toLowerCase()]: (value) => text("department", value),
  [URN.enterprise.toLowerCase()]: (value) =>
    text(
      "department",
      typeof value === "object" && value !== null ? withSmallKeys(value as Json)["department"] : undefined,
    ),
};

/** What a patch changes. Nothing that a person has may be removed but by another value. */
export function patched(body: unknown): UserValues {
  const { schemas, operations } = withSmallKeys((body ?? {}) as Json);
  if (!Array.isArray(schemas) || !schemas.includes(URN.patch) || !Array.isArray(operations) || operations.length === 0)
    throw new ScimError(400, `The body must be a PatchOp (${URN.patch}) with Operations`, "invalidSyntax");
  let values: UserValues = {};
  for (const operation of operations as Json[]) values = { ...values, ...change(withSmallKeys(operation)) };
  return values;
}

function change({ op, path, value }: Json): UserValues {
  const verb = typeof op === "string" ? op.toLowerCase() : "";
  if (!["add", "replace", "remove"].includes(verb))
    throw new ScimError(400, `op: ${JSON.stringify(op)} is none of add, replace, remove`, "invalidSyntax");
  if (verb === "remove") throw new ScimError(400, `${String(path)} can't be removed, only replaced`, "mutability");
  if (path === undefined) return valuesOf(value);
  const plain = String(path).toLowerCase().replace(`${URN.user.toLowerCase()}:`, "");
  const read = Object.hasOwn(PATHS, plain) ? PATHS[plain] : undefined;
  if (!read)
    throw new ScimError(400, `${String(path)}: there is no such attribute here, or it can't be changed`, "invalidPath");
  return read(value);
}

function text(attribute: keyof UserValues | "displayName" | "name.formatted", value: unknown): UserValues {
  if (value === undefined || value === null) return {};
  if (typeof value !== "string" || value.trim() === "")
    throw new ScimError(400, `${attribute} must be a text that is not empty`, "invalidValue");
  return { [attribute]: value.trim() };
}

function renamed(values: UserValues, to: keyof UserValues): UserValues {
  const [value] = Object.values(values) as string[];
  return value === undefined ? {} : { [to]: value };
}

/** Some clients write the word. */
function active(value: unknown): UserValues {
  if (value === undefined || value === null) return {};
  if (typeof value === "boolean") return { active: value };
  const word = String(value).toLowerCase();
  if (word !== "true" && word !== "false") throw new ScimError(400, "active must be true or false", "invalidValue");
  return { active: word === "true" };
}

/** Chinese names have the family name first and no space. */
function nameOf(name: unknown): string | undefined {
  if (typeof name !== "object" || name === null) return undefined;
  const { formatted, familyname, givenname } = withSmallKeys(name as Json);
  if (typeof formatted === "string") return formatted;
  const parts = [familyname, givenname].filter((part) => typeof part === "string");
  return parts.length === 0 ? undefined : parts.join("");
}

/** Names of attributes are the same in capital and small letters (RFC 7643, 2.1). */
function withSmallKeys(value: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
}
