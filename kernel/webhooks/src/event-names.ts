import { KERNEL_EVENTS, type LocalText, type PluginOperations } from "@jinshui/contracts";

/** An event that other systems may be told of. */
export interface EventType {
  name: string;
  title: LocalText;
}

/** The events of a bureau that may leave it: those of the kernel that are for outside, and changes of its plugins' records. */
export function eventTypes(plugins: readonly PluginOperations[]): EventType[] {
  const kernel = Object.entries(KERNEL_EVENTS)
    .filter(([, { outside }]) => outside)
    .map(([name, { title }]) => ({ name, title }));
  const records = plugins.flatMap(({ id, collections }) =>
    collections.map(({ name, title }) => ({
      name: `${id}.${name}-changed`,
      title: { "zh-CN": `${title["zh-CN"]}：记录有变化`, en: `${title.en ?? title["zh-CN"]}: a record has changed` },
    })),
  );
  return [...records, ...kernel];
}
