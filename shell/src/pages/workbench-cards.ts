import { local, t, type WorkbenchCard } from "@jinshui/web";
import { html } from "lit";
import "./plugin-part.js";
import { hasShortcuts, type PartName, type WorkbenchData } from "./workbench-part.js";

/** Rows of a card of a plugin, which does not say how high it is. */
const USUAL_ROWS = 5;

/** Every card that can stand on the workbench of who looks: the shell's own, then those of plugins in their order. */
export function workbenchCards(data: WorkbenchData): WorkbenchCard[] {
  const part = (name: PartName) => () => html`<ji-workbench-part name=${name} .data=${data}></ji-workbench-part>`;
  const source = t("workbench.own");
  const own: WorkbenchCard[] = [
    {
      key: "shell.figures",
      title: t("workbench.figures"),
      source,
      size: "large",
      rows: 2,
      untitled: true,
      draw: part("figures"),
    },
    {
      key: "shell.todo",
      title: t("nav.tasks"),
      source,
      size: "medium",
      rows: 8,
      link: { href: "/tasks", text: t("workbench.allTasks", { n: data.figures.todo }) },
      draw: part("todo"),
    },
    {
      key: "shell.mine",
      title: t("nav.mine"),
      source,
      size: "small",
      rows: USUAL_ROWS,
      link: { href: "/mine", text: t("workbench.more") },
      draw: part("mine"),
    },
  ];
  if (hasShortcuts(data))
    own.push({
      key: "shell.shortcuts",
      title: t("workbench.shortcuts"),
      source,
      size: "small",
      rows: USUAL_ROWS,
      draw: part("shortcuts"),
    });
  const ofPlugins = data.plugins
    .flatMap((plugin) => plugin.widgets.map((widget) => ({ plugin, widget })))
    .sort((a, b) => (a.widget.order ?? 50) - (b.widget.order ?? 50));
  return [
    ...own,
    ...ofPlugins.map(({ plugin, widget: { id, title, element, size = "small" } }): WorkbenchCard => ({
      key: `${plugin.id}.${id}`,
      title: local(title),
      source: local(plugin.title),
      size,
      rows: USUAL_ROWS,
      draw: () => html`<ji-plugin-part .plugin=${plugin} use="widget-${id}" name=${element}></ji-plugin-part>`,
    })),
  ];
}
