import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";

/** A module that a file imports. */
export interface ImportFact {
  module: string;
  line: number;
  /** Names that are taken of it, `*` for the whole; none for `import "…"`. Types are left out. */
  names: string[];
}

/** A call of a function by its name, with its first argument where that is a plain text. */
interface CallFact {
  callee: string;
  line: number;
  text?: string;
  identifier?: string;
}

/** What is known of a source file without running it. */
export interface SourceFacts {
  imports: ImportFact[];
  calls: CallFact[];
  /** What is wrong with it as a program. */
  error?: { line: number; message: string };
}

/** Reads a TypeScript or JavaScript file. */
export function sourceFacts(path: string): SourceFacts {
  const text = readFileSync(path, "utf8");
  const lineOf = lineFinder(text);
  const { program, module, errors } = parseSync(path, text);
  const [error] = errors;
  const imports = new Map<string, ImportFact>();
  const take = (specifier: string, at: number, names: readonly string[]): void => {
    const known = imports.get(specifier);
    if (known) known.names.push(...names);
    else imports.set(specifier, { module: specifier, line: lineOf(at), names: [...names] });
  };
  for (const { start, moduleRequest, entries } of module.staticImports) {
    const values = entries.filter(({ isType }) => !isType);
    if (entries.length > 0 && values.length === 0) continue;
    take(
      moduleRequest.value,
      start,
      values.map(({ importName }) => importName.name ?? "*"),
    );
  }
  for (const { start, entries } of module.staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest && !isType) take(moduleRequest.value, start, ["*"]);
  const calls: CallFact[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [first], start }) {
      if (callee.type !== "Identifier") return;
      const line = lineOf(start);
      if (callee.name === "require" && first?.type === "Literal" && typeof first.value === "string")
        take(first.value, start, ["*"]);
      calls.push({
        callee: callee.name,
        line,
        ...(first?.type === "Literal" && typeof first.value === "string" ? { text: first.value } : {}),
        ...(first?.type === "Identifier" ? { identifier: first.name } : {}),
      });
    },
    ImportExpression({ source, start }) {
      if (source.type === "Literal" && typeof source.value === "string") take(source.value, start, ["*"]);
    },
  }).visit(program);
  return {
    imports: [...imports.values()],
    calls,
    ...(error ? { error: { line: lineOf(error.labels[0]?.start ?? 0), message: error.message } } : {}),
  };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
