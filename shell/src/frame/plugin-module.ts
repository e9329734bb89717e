import type { Contributions } from "@jinshui/contracts";

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

/**
 * A new element of a class that the module exports. The shell defines its tag, with version and content, so that two versions of a
 * plugin can live in one page; `part` tells the plugin's elements apart.
 */
export async function pluginElement(plugin: ShownPlugin, part: string, name: string): Promise<HTMLElement> {
  const constructor = await pluginExport<CustomElementConstructor>(plugin, name);
  if (!tags.has(constructor)) {
    const content = new URL(plugin.module ?? "", location.origin).searchParams.get("h") ?? "";
    const tag = `${plugin.id}-${part}--${plugin.version.replaceAll(/[.+]/g, "-")}-${content}`.toLowerCase();
    customElements.define(tag, constructor);
    tags.set(constructor, tag);
  }
  return new constructor();
}

/** Calls back when an element can't be drawn, at once or soon after it was put into the page. */
export function onDrawingFailed(element: HTMLElement, failed: () => void): void {
  const { updateComplete } = element as { updateComplete?: Promise<unknown> };
  void updateComplete?.catch((error: unknown) => {
    console.error("plugin view failed", error);
    failed();
  });
  setTimeout(() => (element as { updateComplete?: Promise<unknown> }).updateComplete?.catch(() => failed()), 50);
}
