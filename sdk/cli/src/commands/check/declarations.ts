import { KERNEL_CALLERS, type PluginManifest } from "@jinshui/contracts";
import type { PluginContent } from "@jinshui/contracts/plugin-folder";
import { type Finding, finding } from "./finding.js";
import type { PluginSources, SourceFile } from "./plugin-sources.js";

const MANIFEST = { file: "package.json" };
/** Where the manifest names handlers. */
const DECLARED = {
  op: ["jinshui", "provides", "ops"],
  job: ["jinshui", "contributes", "jobs"],
  event: ["jinshui", "grants", "events", "subscribe"],
};
const inManifest = (...path: string[]): { file: string; path: string[] } => ({ ...MANIFEST, path });
const KINDS = { op: "op", job: "job", on: "event" } as const;
type Kind = (typeof KINDS)[keyof typeof KINDS];
const TOKENS = { Storage: "storage", Workflow: "workflow", Auth: "auth" } as const;

interface HandlerFact {
  kind: Kind;
  name: string;
  file: string;
  line: number;
}

/** Where the manifest says something else than the code does. */
export function declarationFindings({ manifest }: PluginContent, { service }: PluginSources): Finding[] {
  if (!manifest.server) return grantsWithoutService(manifest);
  const { handlers, unclear } = handlersIn(service);
  return [
    ...handlerFindings(manifest, handlers, unclear),
    ...eventFindings(manifest),
    ...grantFindings(manifest, service, handlers),
  ];
}

/** Handlers that are marked with a plain name, and kinds of which some are not: nothing can be said of those. */
function handlersIn(sources: readonly SourceFile[]): { handlers: HandlerFact[]; unclear: Set<Kind> } {
  const handlers: HandlerFact[] = [];
  const unclear = new Set<Kind>();
  for (const { file, imports, calls } of sources) {
    const marks = imports.find(({ module }) => module === "@jinshui/plugin")?.names ?? [];
    for (const { callee, line, text } of calls) {
      if (!marks.includes(callee) || !Object.hasOwn(KINDS, callee)) continue;
      const kind = KINDS[callee as keyof typeof KINDS];
      if (text === undefined) unclear.add(kind);
      else handlers.push({ kind, name: text, file, line });
    }
  }
  return { handlers, unclear };
}

function handlerFindings(manifest: PluginManifest, handlers: HandlerFact[], unclear: ReadonlySet<Kind>): Finding[] {
  const declared: Record<Kind, readonly string[]> = {
    op: Object.keys(manifest.provides?.ops ?? {}),
    job: manifest.contributes.jobs ?? [],
    event: manifest.grants.events?.subscribe ?? [],
  };
  const kinds = Object.values(KINDS);
  const missing = kinds
    .filter((kind) => !unclear.has(kind))
    .flatMap((kind) =>
      declared[kind]
        .filter((name) => !handlers.some((handler) => handler.kind === kind && handler.name === name))
        .map((name) => finding(inManifest(...DECLARED[kind], name), `declared.${kind}`, { name })),
    );
  const undeclared = handlers
    .filter(({ kind, name }) => !declared[kind].includes(name))
    .map(({ kind, name, file, line }) => finding({ file, line }, `undeclared.${kind}`, { name }));
  return [...missing, ...undeclared];
}

/** An event is the kernel's, one of the plugin's own, or of a plugin that is asked for. */
function eventFindings({ id, grants, requires }: PluginManifest): Finding[] {
  const sources = [...KERNEL_CALLERS, id, ...Object.keys(requires.plugins ?? {})];
  return (grants.events?.subscribe ?? [])
    .filter((event) => !sources.includes(event.split(".")[0] ?? ""))
    .map((event) =>
      finding(inManifest(...DECLARED.event, event), "event.ofOther", { event, plugin: event.split(".")[0] }),
    );
}

function grantFindings(
  { grants, contributes }: PluginManifest,
  service: readonly SourceFile[],
  handlers: readonly HandlerFact[],
): Finding[] {
  const used = new Map<string, { file: string; line?: number }>();
  for (const { file, imports, calls } of service)
    for (const [token, api] of Object.entries(TOKENS)) {
      const taken = imports.some(({ module, names }) => module === "@jinshui/plugin" && names.includes(token));
      const injected = calls.find(({ callee, identifier }) => callee === "inject" && identifier === token);
      if (taken && injected && !used.has(api)) used.set(api, { file, line: injected.line });
    }
  const [job] = handlers.filter(({ kind }) => kind === "job");
  // what became of a job is reported to workflow
  if (!used.has("workflow") && (job || (contributes.jobs ?? []).length > 0)) used.set("workflow", job ?? MANIFEST);
  const granted: readonly string[] = grants.apis;
  return [
    ...[...used]
      .filter(([api]) => !granted.includes(api))
      .map(([api, place]) => finding({ file: place.file, line: place.line }, "grant.missing", { api })),
    ...granted
      .filter((api) => !used.has(api))
      .map((api) => finding(inManifest("jinshui", "grants", "apis", api), "grant.unused", { api }, "warning")),
  ];
}

/** Rights are the process's: pages have those of the person who looks. */
function grantsWithoutService({ grants }: PluginManifest): Finding[] {
  return grants.apis.map((api) =>
    finding(inManifest("jinshui", "grants", "apis", api), "grant.unused", { api }, "warning"),
  );
}
