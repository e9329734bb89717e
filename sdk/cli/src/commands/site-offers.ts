import { TASK_ACTION_IDS } from "@jinshui/contracts";
import type { PluginContent } from "@jinshui/contracts/plugin-folder";
import type { SiteOffers } from "@jinshui/engine/site-check";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readFolder } from "./plugin-folder.js";

/** What a plugin's processes may ask for. Positions are those of a site's catalogue, which no file here knows: any is taken. */
export function pluginOffers({ forms, manifest }: PluginContent, unread: ReadonlySet<string>): SiteOffers {
  return {
    // a form that can't be read is said to be wrong once
    forms: [...forms.map(({ id }) => id), ...unread],
    jobs: manifest.contributes.jobs ?? [],
    actions: TASK_ACTION_IDS,
    knowsPosition: () => true,
  };
}

/** What a process file may ask for: what its plugin brings, or nothing when it is imported by itself, as on the site's page. */
export function offersOf(file: string): SiteOffers & { plugin?: string } {
  const path = resolve(file);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      const { content, unread } = readFolder(folder);
      if (content?.processes.some((process) => join(folder, process.file) === path))
        return { ...pluginOffers(content, unread), plugin: content.manifest.id };
    }
    if (folder === dirname(folder)) break;
  }
  return { forms: [], jobs: [], actions: TASK_ACTION_IDS, knowsPosition: () => true };
}
