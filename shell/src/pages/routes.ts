import { local } from "@jinshui/web";
import { html } from "lit";
import type { Route } from "../frame/router.js";

/** Every page of the shell. */
export const routes: Route[] = [
  {
    path: "/",
    load: () => import("./workbench-page.js"),
    draw: (_params, { profile, contributions }) =>
      html`<ji-workbench-page .profile=${profile} .contributions=${contributions}></ji-workbench-page>`,
  },
  {
    path: "/tasks",
    load: () => import("./tasks-page.js"),
    draw: (_params, { profile }) => html`<ji-tasks-page .profile=${profile}></ji-tasks-page>`,
  },
  {
    path: "/tasks/:id",
    load: () => import("./task-page.js"),
    draw: ({ id }) => html`<ji-task-page .taskId=${id ?? ""}></ji-task-page>`,
  },
  {
    path: "/mine",
    load: () => import("./instances-page.js"),
    draw: () => html`<ji-instances-page .mine=${true}></ji-instances-page>`,
  },
  {
    path: "/instances",
    permission: "site.instances",
    load: () => import("./instances-page.js"),
    draw: () => html`<ji-instances-page .mine=${false}></ji-instances-page>`,
  },
  {
    path: "/matters/:id/replay",
    load: () => import("./matter/replay-page.js"),
    draw: ({ id = "" }) => html`<ji-replay-page .instanceId=${id}></ji-replay-page>`,
  },
  {
    path: "/matters/:id",
    load: () => import("./instance-page.js"),
    draw: ({ id }, { profile }) =>
      html`<ji-instance-page .instanceId=${id ?? ""} .profile=${profile}></ji-instance-page>`,
  },
  {
    path: "/clients",
    load: () => import("./clients-page.js"),
    draw: () => html`<ji-clients-page></ji-clients-page>`,
  },
  {
    path: "/api-docs",
    load: () => import("./api-docs/api-docs-page.js"),
    draw: () => html`<ji-api-docs-page></ji-api-docs-page>`,
  },
  {
    path: "/webhooks",
    load: () => import("./webhooks/webhooks-page.js"),
    draw: () => html`<ji-webhooks-page></ji-webhooks-page>`,
  },
  {
    path: "/authorize/:interaction",
    load: () => import("./authorize-page.js"),
    draw: ({ interaction }) => html`<ji-authorize-page .interaction=${interaction ?? ""}></ji-authorize-page>`,
  },
  { path: "/start", load: () => import("./start-page.js"), draw: () => html`<ji-start-page></ji-start-page>` },
  {
    path: "/start/:id",
    load: () => import("./start-form-page.js"),
    draw: ({ id }) => html`<ji-start-form-page .definitionId=${id ?? ""}></ji-start-form-page>`,
  },
  {
    path: "/archives",
    load: () => import("./archives-page.js"),
    draw: () => html`<ji-archives-page></ji-archives-page>`,
  },
  {
    path: "/archives/:id",
    load: () => import("./archive-page.js"),
    draw: ({ id }) => html`<ji-archive-page .archiveId=${id ?? ""}></ji-archive-page>`,
  },
  {
    path: "/account",
    load: () => import("../account/account-page.js"),
    draw: (_params, { profile }) => html`<ji-account-page .profile=${profile}></ji-account-page>`,
  },
  {
    path: "/processes",
    permission: "site.processes",
    load: () => import("./processes-page.js"),
    draw: () => html`<ji-processes-page></ji-processes-page>`,
  },
  {
    path: "/trials",
    load: () => import("./trials/testable-page.js"),
    draw: () => html`<ji-testable-page></ji-testable-page>`,
  },
  {
    path: "/processes/:id/trials",
    load: () => import("./trials/trials-page.js"),
    draw: ({ id = "" }, { profile }) => html`<ji-trials-page .definitionId=${id} .profile=${profile}></ji-trials-page>`,
  },
  {
    path: "/processes/:id/versions",
    permission: "site.processes",
    load: () => import("./versions/versions-page.js"),
    draw: ({ id = "" }, { profile }) =>
      html`<ji-versions-page .definitionId=${id} .profile=${profile}></ji-versions-page>`,
  },
  {
    path: "/calendar",
    load: () => import("./calendar/calendar-page.js"),
    draw: () => html`<ji-calendar-page></ji-calendar-page>`,
  },
  {
    path: "/plugins",
    permission: "site.plugins",
    load: () => import("./plugins-page.js"),
    draw: () => html`<ji-plugins-page></ji-plugins-page>`,
  },
  {
    path: "/plugins/install",
    permission: "site.plugins",
    load: () => import("./package-page.js"),
    draw: () => html`<ji-package-page></ji-package-page>`,
  },
  {
    path: "/plugins/install/:id",
    permission: "site.plugins",
    load: () => import("./package-page.js"),
    draw: ({ id }) => html`<ji-package-page .package=${id ?? ""}></ji-package-page>`,
  },
  {
    path: "/plugins/:plugin/bureaus/:bureau",
    permission: "site.plugins",
    load: () => import("./plugin-settings-page.js"),
    draw: ({ plugin, bureau }) =>
      html`<ji-plugin-settings-page .plugin=${plugin ?? ""} .bureau=${bureau ?? ""}></ji-plugin-settings-page>`,
  },
  {
    path: "/quarantine",
    permission: "site.files",
    load: () => import("./quarantine-page.js"),
    draw: () => html`<ji-quarantine-page></ji-quarantine-page>`,
  },
  {
    path: "/p/:plugin/:view",
    load: () => import("./plugin-view.js"),
    draw: ({ plugin = "", view = "" }, { contributions }) => {
      const found = contributions.plugins.find(({ id }) => id === plugin);
      const shown = found?.views.find(({ id }) => id === view);
      return html`<ji-plugin-view .plugin=${found} .view=${shown} heading=${local(shown?.title)}></ji-plugin-view>`;
    },
  },
];
