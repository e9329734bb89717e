import { CALENDAR_PERMISSION, type Contributions, type Profile, TRIAL_PERMISSION } from "@jinshui/contracts";
import { local, t } from "@jinshui/web";

/** A page that can be gone to. */
export interface NavItem {
  path: string;
  title: string;
}

/** A group of pages, by the id of its title. */
export type NavGroup = [id: string, items: NavItem[]];

/** The shell's own pages and those of the bureau's plugins, as far as the person may see them, in the same four groups everywhere. */
export function navigation(
  profile: Profile | undefined,
  contributions: Contributions,
  /** Whether other systems and directories have a part in the site. */
  federated: boolean,
): NavGroup[] {
  const may = (permission: string): boolean => profile?.permissions.includes(permission) === true;
  const own = (path: string, name: string, mayShow = true): NavItem[] =>
    mayShow ? [{ path, title: t(`nav.${name}`) }] : [];
  const groups: NavGroup[] = [
    [
      "common",
      [
        ...own("/", "workbench"),
        ...own("/tasks", "tasks"),
        ...own("/mine", "mine"),
        ...own("/start", "start"),
        ...own("/archives", "archives"),
      ],
    ],
    ["business", []],
    ["administration", []],
    [
      "management",
      [
        ...own("/instances", "instances", may("site.instances")),
        ...own("/processes", "processes", may("site.processes")),
        ...own("/trials", "trials", may(TRIAL_PERMISSION) || may("site.processes")),
        ...own("/calendar", "calendar", may(CALENDAR_PERMISSION)),
        ...own("/plugins", "plugins", may("site.plugins")),
        ...own("/clients", "clients", federated && (may("site.people") || may("site.security"))),
        ...own("/webhooks", "webhooks", may("site.people") || may("site.security")),
        ...own("/api-docs", "apiDocs", may("site.people") || may("site.security") || may("site.plugins")),
        ...own("/quarantine", "quarantine", may("site.files")),
      ],
    ],
  ];
  const items = contributions.plugins.flatMap(({ id, views, menu }) =>
    menu.map((item) => ({ plugin: id, item, view: views.find((view) => view.id === item.view) })),
  );
  items.sort((a, b) => (a.item.order ?? 50) - (b.item.order ?? 50));
  for (const { plugin, item, view } of items)
    groups
      .find(([id]) => id === item.group)?.[1]
      .push({ path: `/p/${plugin}/${item.view}`, title: local(item.title ?? view?.title) });
  return groups;
}
