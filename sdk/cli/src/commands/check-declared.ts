import type { PluginManifest } from "@jinshui/contracts";
import type { PluginContent, PluginProblem } from "@jinshui/contracts/plugin-folder";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

/** Names that the manifest gives and the built code does not have: exports of the web module, and handlers of schedules. */
export function declaredProblems(folder: string, { manifest }: PluginContent): PluginProblem[] {
  const { server, web } = manifest;
  return [
    ...(web ? exportProblems(folder, web.module, manifest) : []),
    ...(server ? handlerProblems(folder, server.main, manifest) : []),
  ];
}

function exportProblems(folder: string, module: string, { contributes }: PluginManifest): PluginProblem[] {
  const text = textOf(folder, module);
  if (text === undefined) return [];
  const entries = parseSync(module, text).module.staticExports.flatMap((statement) => statement.entries);
  // what another module exports is not known here
  if (entries.some(({ exportName, moduleRequest }) => moduleRequest && exportName.name === null)) return [];
  const exported = new Set(entries.map(({ exportName }) => exportName.name));
  const { views = [], widgets = [], commands = [], taskForms = [] } = contributes;
  const named = [...views, ...widgets, ...taskForms].flatMap(({ element }) => element ?? []);
  return [...new Set([...named, ...commands.flatMap(({ run }) => run ?? [])])]
    .filter((name) => !exported.has(name))
    .map((name) => ({ file: module, message: `exports no "${name}", which the manifest names` }));
}

function handlerProblems(folder: string, main: string, { contributes }: PluginManifest): PluginProblem[] {
  const declared = (contributes.schedules ?? []).map(({ id }) => id);
  const text = textOf(folder, main);
  if (declared.length === 0 || text === undefined) return [];
  const marked = marksOf(main, text);
  // the class is in another file, or its marks are not plain texts: the plugin itself says so at its start
  if (!marked) return [];
  return [
    ...declared
      .filter((id) => !marked.includes(id))
      .map((id) => ({ file: main, message: `has no method with @schedule("${id}"), which the manifest names` })),
    ...marked
      .filter((id) => !declared.includes(id))
      .map((id) => ({ file: main, message: `has @schedule("${id}"), but the manifest does not name it` })),
  ];
}

/** The schedules that methods of a module are marked for; nothing where that can't be told. */
function marksOf(file: string, text: string): string[] | undefined {
  const { program, module } = parseSync(file, text);
  const name = module.staticImports
    .filter(({ moduleRequest }) => moduleRequest.value === "@jinshui/plugin")
    .flatMap(({ entries }) => entries)
    .find(({ importName }) => importName.name === "schedule")?.localName.value;
  const found: (string | undefined)[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [first] }) {
      if (callee.type !== "Identifier" || callee.name !== name) return;
      found.push(first?.type === "Literal" && typeof first.value === "string" ? first.value : undefined);
    },
  }).visit(program);
  const texts = found.filter((mark) => mark !== undefined);
  return name === undefined || texts.length < found.length ? undefined : texts;
}

function textOf(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
