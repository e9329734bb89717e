import type { PluginManifest } from "./manifest.js";
import { SITE_PERMISSIONS } from "./organisation-api.js";

/** What a plugin's folder has, as far as contributions refer to it. */
export interface Offered {
  forms: readonly string[];
  /** Text of its process files. */
  processes: readonly string[];
}

/** What does not fit among the cards, commands, task forms and entries for other plugins of a manifest. */
export function contributionProblems({ contributes, provides, web }: PluginManifest, offered: Offered): string[] {
  const { widgets = [], commands = [], taskForms = [], views = [], permissions = [], to = {} } = contributes;
  const found: string[] = [];
  const known = new Set([...permissions.map(({ id }) => id), ...Object.keys(SITE_PERMISSIONS)]);
  const named = [
    ...widgets.map(({ id, permission }) => ({ what: `widget "${id}"`, id: `widget ${id}`, permission, module: true })),
    ...commands.map(({ id, permission, run }) => ({
      what: `command "${id}"`,
      id: `command ${id}`,
      permission,
      module: run !== undefined,
    })),
    ...taskForms.map(({ form }) => ({
      what: `task form "${form}"`,
      id: `form ${form}`,
      permission: undefined,
      module: true,
    })),
  ];
  for (const { what, id, permission, module } of named) {
    if (named.filter((other) => other.id === id).length > 1) found.push(`${what} is there twice`);
    if (permission !== undefined && !known.has(permission))
      found.push(`${what} asks for permission "${permission}", which is not declared`);
    if (module && !web) found.push(`${what} needs a web module`);
  }
  for (const { id, view, process, run, query } of commands) {
    const does = [view, process, run].filter((way) => way !== undefined);
    if (does.length !== 1) found.push(`command "${id}" needs exactly one of "view", "process" and "run"`);
    if (view !== undefined && !views.some((other) => other.id === view))
      found.push(`command "${id}" opens view "${view}", which is not there`);
    if (process !== undefined && !offered.processes.some((xml) => hasProcess(xml, process)))
      found.push(`command "${id}" starts process "${process}", which is not there`);
    if (query !== undefined && view === undefined) found.push(`command "${id}" has a query, but opens no view`);
  }
  for (const { form } of taskForms)
    if (!offered.forms.includes(form)) found.push(`task form "${form}" draws a form that is not there`);
  for (const [point, entries] of Object.entries(to))
    for (const { op } of entries) {
      const provided = op === undefined ? undefined : provides?.ops?.[op];
      if (op !== undefined && provided?.effect !== "read")
        found.push(
          `an entry for ${point} names the operation "${op}", which is ${provided ? "no reading one" : "not there"}`,
        );
    }
  return found;
}

function hasProcess(xml: string, id: string): boolean {
  return new RegExp(`<(?:\\w+:)?process\\b[^>]*\\sid="${id.replace(/[^\w-]/g, "")}"`).test(xml);
}
