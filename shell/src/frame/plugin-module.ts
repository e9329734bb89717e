import type { Contributions } from "@jinshui/contracts";
import { HeldBackError, letOpen, markOpening } from "./opening-marks.js";

/** A plugin as the shell knows it. */
export type ShownPlugin = Contributions["plugins"][number];

/**
 * What a plugin's web module exports under a name.
 * @throws Error when the module can't be loaded or has nothing by that name.
 */
export async function pluginExport<T>({ id, module }: ShownPlugin, name: string): Promise<T> {
  const exported = (await import(/* @vite-ignore */ module ?? "")) as Record<string, T | undefined>;
  const found = exported[name];
  if (found === undefined) throw new Error(`${id} exports no ${name}`);
  return found;
}

const tags = new WeakMap<CustomElementConstructor, string>();

/** Tag of a part of a plugin, with version and content, so that two versions of a plugin can live in one page. */
function tagOf(plugin: ShownPlugin, part: string): string {
  const content = new URL(plugin.module ?? "", location.origin).searchParams.get("h") ?? "";
  return `${plugin.id}-${part}--${plugin.version.replaceAll(/[.+]/g, "-")}-${content}`.toLowerCase();
}

/** Why a part of a plugin isn't there: it failed, or it is not opened since it has stopped a page before. */
export type Absence = "failed" | "held-back";

/**
 * A new element of a class that the module exports; `part` tells the plugin's elements apart. Calls back when it can't be drawn, at
 * once or soon after it was put into the page.
 * @throws HeldBackError for one that has stopped a page before, unless `again` says that a person wants it all the same.
 */
export async function pluginElement(
  plugin: ShownPlugin,
  part: string,
  name: string,
  { failed, again }: { failed: (absence: Absence) => void; again: boolean },
): Promise<HTMLElement> {
  const tag = tagOf(plugin, part);
  if (again) letOpen(tag);
  const opening = markOpening(tag);
  try {
    const constructor = await pluginExport<CustomElementConstructor>(plugin, name);
    if (!tags.has(constructor)) {
      customElements.define(tag, constructor);
      tags.set(constructor, tag);
    }
    const element = new constructor();
    onDrawingFailed(element, () => failed("failed"));
    return element;
  } finally {
    opening.drawn();
  }
}

/** What a part's place says instead of it. */
export function absenceOf(plugin: ShownPlugin, error: unknown): Absence {
  console.error(`plugin ${plugin.id} failed`, error);
  return error instanceof HeldBackError ? "held-back" : "failed";
}

function onDrawingFailed(element: HTMLElement, failed: () => void): void {
  const { updateComplete } = element as { updateComplete?: Promise<unknown> };
  void updateComplete?.catch((error: unknown) => {
    console.error("plugin view failed", error);
    failed();
  });
  setTimeout(() => (element as { updateComplete?: Promise<unknown> }).updateComplete?.catch(() => failed()), 50);
}
