import type { Syntax } from "../syntax/tree.js";
import { FeelContext } from "../values/context.js";
import { FeelFunction } from "../values/function.js";
import { FeelRange } from "../values/range.js";
import { typeNamed } from "../values/type-named.js";
import { isList, typeOf, type FeelValue } from "../values/value.js";

/** Whether a value conforms to a type. */
export type TypeTest = (value: FeelValue) => boolean;

/** A type as the text names it; null for types FEEL does not know. */
export interface DeclaredType {
  readonly text: string;
  readonly test: TypeTest | null;
}

const tidy = (text: string): string => text.replace(/\s+/g, " ").trim();

function simpleType(text: string): TypeTest | null {
  if (text === "Any") return (value) => value !== null;
  if (text === "Null") return (value) => value === null;
  const type = typeNamed(text);
  return type === undefined ? null : (value) => typeOf(value) === type;
}

/** Whether a function's declared parameter accepts what the asked-for type promises. */
const sameParameter = (declared: string | undefined, asked: string): boolean =>
  declared === undefined || declared === "Any" || declared === asked;

function functionType(syntax: Syntax): TypeTest {
  const parameters = (syntax.children.find((child) => child.kind === "ArgumentTypes")?.children ?? []).map((child) =>
    tidy(child.text),
  );
  return (value) =>
    value instanceof FeelFunction &&
    value.parameters.length === parameters.length &&
    parameters.every((asked, i) => sameParameter(value.parameterTypes[i], asked));
}

/** A list or range of a type. */
function parameterized(text: string, of: TypeTest): TypeTest {
  const conforms = (value: FeelValue | undefined): boolean => value === undefined || value === null || of(value);
  return text.startsWith("range")
    ? (value) => value instanceof FeelRange && conforms(value.start) && conforms(value.end)
    : (value) => isList(value) && value.every(conforms);
}

/** Reads a type. */
export function typeFrom(syntax: Syntax): DeclaredType {
  const inner = syntax.kind === "Type" ? syntax.children[0] : syntax;
  const text = tidy(syntax.text);
  const types = (inner?.children ?? []).filter((child) => child.kind === "Type").map(typeFrom);
  switch (inner?.kind) {
    case "ListType":
      return { text, test: types[0]?.test ? parameterized(text, types[0].test) : null };
    case "ContextType":
      return { text, test: contextType(inner) };
    case "FunctionType":
      return { text, test: functionType(inner) };
    default:
      return { text, test: simpleType(text) };
  }
}

function contextType(syntax: Syntax): TypeTest | null {
  const list = syntax.children.find((child) => child.kind === "ContextEntryTypes")?.children ?? [];
  const entries = list.map((entry) => ({
    name: tidy(entry.children[0]?.text ?? ""),
    test: entry.children[1] ? typeFrom(entry.children[1]).test : null,
  }));
  if (entries.some((entry) => entry.test === null)) return null;
  return (value) =>
    value instanceof FeelContext &&
    entries.every(({ name, test }) => {
      const found = value.find(name);
      return found !== undefined && (found === null || test?.(found) === true);
    });
}
