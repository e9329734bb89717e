import type { PluginManifest } from "@jinshui/contracts";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesBelow } from "../write-package.js";
import { type SourceFacts, sourceFacts } from "./source-facts.js";

export interface SourceFile extends SourceFacts {
  /** Relative to the plugin's folder. */
  file: string;
}

/** What a plugin is written in, and what was made of it. */
export interface PluginSources {
  /** The service as it was written; as it was built where the sources are not there. */
  service: SourceFile[];
  /** The page as it was written. */
  page: SourceFile[];
  /** Modules of the service as they run. */
  builtService: SourceFile[];
  /** The page's modules as browsers get them. */
  builtPage: SourceFile[];
}

/** Reads the sources of a plugin, its tests left out, and what was built. */
export function pluginSources(folder: string, { server, web }: PluginManifest): PluginSources {
  const page = web ? dirname(web.module) : undefined;
  const builtService = server ? modulesIn(folder, dirname(server.main), /\.m?js$/, page) : [];
  const written = server ? modulesIn(folder, "src", /\.m?[jt]s$/) : [];
  return {
    service: written.length > 0 ? written : builtService,
    page: web ? modulesIn(folder, "web", /\.m?[jt]s$/) : [],
    builtService,
    builtPage: page === undefined ? [] : modulesIn(folder, page, /\.m?js$/),
  };
}

function modulesIn(folder: string, below: string, names: RegExp, leftOut?: string): SourceFile[] {
  const base = join(folder, below);
  if (!existsSync(base)) return [];
  return filesBelow(base)
    .map((name) => join(below, name))
    .filter((file) => names.test(file) && !/\.test\.|\.d\.ts$|(^|\/)(node_modules|testing)\//.test(file))
    .filter((file) => leftOut === undefined || !file.startsWith(`${join(leftOut)}/`))
    .map((file) => ({ file, ...sourceFacts(join(folder, file)) }));
}
