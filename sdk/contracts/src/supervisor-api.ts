import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { MenuItem, Permission, View } from "./manifest.js";
import { PackageReport } from "./package-report.js";
import { KeyId, Sha256 } from "./plugin-package.js";
import { pointOps } from "./points.js";
import { scheduleOps } from "./schedules.js";
import { DeliveredSettings, settingsOps } from "./settings.js";
import { Id, Instant, LocalText, Name } from "./text.js";
import { Command, TaskForm, Widget } from "./web-contributions.js";

export const PluginState = Type.Enum([
  "disabled",
  "starting",
  "running",
  "draining",
  "failed",
  "quarantined",
  "invalid",
]);
export type PluginState = Static<typeof PluginState>;

/** What keeps a plugin's process apart; what holds depends on the host and the rights the kernel was started with. */
export const PluginProtection = Type.Object({
  /** The permission model of Node.js: a seat belt for honest code. */
  permissionModel: Type.Boolean(),
  /** A user of its own in the operating system. */
  ownUser: Type.Boolean(),
  /** `enforced` by a control group, or `watched` by the kernel, which ends the process within seconds. */
  memoryLimit: Type.Enum(["enforced", "watched"]),
  /** A firewall that lets it reach nothing but the bus. */
  networkLimit: Type.Boolean(),
  /** It runs as a thread of a process with other plugins of the same origin: no wall between those. */
  shared: Type.Optional(Type.Boolean()),
  /** Why something does not hold, in English as logged. */
  reasons: Type.Array(Type.String()),
});
export type PluginProtection = Static<typeof PluginProtection>;

/** How the cases of a package (`provides.contracts`) have come out on a site of its own. */
export const Trial = Type.Object({
  state: Type.Enum(["running", "passed", "failed"]),
  cases: Type.Integer(),
  /** What did not come out, `<op>: <case>: <why>`; or why the plugin did not even start. */
  failures: Type.Array(Type.String()),
});
export type Trial = Static<typeof Trial>;

/** An installed plugin as the admin page shows it. */
export const PluginStatus = Type.Object({
  id: Name,
  version: Type.String(),
  title: LocalText,
  description: Type.Optional(LocalText),
  state: PluginState,
  /** Where it is enabled and why: `file` = the bureau's YAML, `administrator` = switched at run time. */
  bureaus: Type.Array(
    Type.Object({
      bureau: Name,
      title: LocalText,
      enabled: Type.Boolean(),
      source: Type.Enum(["file", "administrator"]),
      /** The version that it has, or would have. */
      version: Type.String(),
      /** The one it had before; absent after going back. */
      previous: Type.Optional(Type.String()),
      /** The version that the kernel itself went back from, and why, in English as logged. */
      rolledBack: Type.Optional(Type.Object({ from: Type.String(), reason: Type.String() })),
      /** Of a plugin with settings: whether they fit, or have to be set before it can do its work. */
      settings: Type.Optional(Type.Enum(["fit", "unfit"])),
      /** Of a plugin with schedules: those whose last run failed. */
      failedSchedules: Type.Optional(Type.Array(Name)),
    }),
  ),
  /** Installed versions, the oldest first; `folder`: not from a package. */
  versions: Type.Array(
    Type.Object({
      version: Type.String(),
      folder: Type.Boolean(),
      problem: Type.Optional(Type.String()),
      /** Of the package it came from. */
      installed: Type.Optional(
        Type.Object({ sha256: Sha256, at: Instant, by: Type.String(), signedBy: Type.Optional(KeyId) }),
      ),
      /** How its cases have come out on this kernel; absent without any, or before they were tried. */
      trial: Type.Optional(Trial),
    }),
  ),
  startedAt: Type.Optional(Instant),
  restarts: Type.Integer(),
  pid: Type.Optional(Type.Integer()),
  memoryMb: Type.Optional(Type.Number()),
  /** Of a running process. */
  protection: Type.Optional(PluginProtection),
  /** Why it is failed, quarantined or invalid, in English as logged. */
  problem: Type.Optional(Type.String()),
  /** The last lines it wrote, when it failed or they were asked for. */
  log: Type.Optional(Type.Array(Type.String())),
});
export type PluginStatus = Static<typeof PluginStatus>;

/** What the shell draws for the actor's bureau: data of enabled plugins that run (or need no process). */
export const Contributions = Type.Object({
  /** Changes whenever anything below does. */
  revision: Type.String(),
  plugins: Type.Array(
    Type.Object({
      id: Name,
      version: Type.String(),
      title: LocalText,
      state: PluginState,
      /** URL of the web module, e.g. `/plugins/example-hello/0.1.0/dist/web/index.js`. */
      module: Type.Optional(Type.String()),
      /** URLs of locale modules by language. */
      locales: Type.Optional(Type.Record(Type.String(), Type.String())),
      views: Type.Array(View),
      menu: Type.Array(MenuItem),
      widgets: Type.Array(Widget),
      commands: Type.Array(Command),
      taskForms: Type.Array(TaskForm),
    }),
  ),
});
export type Contributions = Static<typeof Contributions>;

/** Operations of a plugin that others may call, with the schemas of its files. */
export const PluginOperations = Type.Object({
  id: Name,
  title: LocalText,
  /** Permissions it brings, which machines may be granted. */
  permissions: Type.Array(Permission),
  /** Names of its collections: each has an event `<plugin>.<collection>-changed`. */
  collections: Type.Array(Type.Object({ name: Name, title: LocalText })),
  ops: Type.Record(
    Type.String(),
    Type.Object({
      version: Type.Integer(),
      effect: Type.Enum(["read", "write"]),
      permission: Type.Optional(Type.String()),
      input: Type.Unsafe<object>({ type: "object" }),
      output: Type.Unsafe<object>({ type: "object" }),
    }),
  ),
});
export type PluginOperations = Static<typeof PluginOperations>;

/** Plugins: what is installed, where it is enabled, how it runs. */
export const supervisorApi = defineApi("supervisor", 1, {
  ...settingsOps,
  ...scheduleOps,
  ...pointOps,
  /** Views the actor lacks the permission for are left out. */
  contributions: op({
    effect: "read",
    http: { method: "GET", path: "/contributions" },
    actor: "required",
    input: Type.Object({}, { additionalProperties: false }),
    output: Contributions,
  }),
  /** How Chinese titles sound, for finding them by pinyin: what each begins with at each of its characters. */
  pinyin: op({
    effect: "read",
    http: { method: "POST", path: "/pinyin" },
    input: Type.Object(
      { texts: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 }) },
      { additionalProperties: false },
    ),
    output: Type.Object({
      /** In the order of the texts. */
      sounds: Type.Array(Type.Object({ initials: Type.Array(Type.String()), spellings: Type.Array(Type.String()) })),
    }),
  }),
  /** Permission `site.plugins`: the site's administrator sees all bureaus, a bureau's only its own. `log` names a plugin whose last lines are told though it runs. */
  plugins: op({
    effect: "read",
    http: { method: "GET", path: "/plugins" },
    actor: "required",
    input: Type.Object({ log: Type.Optional(Name) }, { additionalProperties: false }),
    output: Type.Object({
      plugins: Type.Array(PluginStatus),
      /** The site was started without any plugin, whatever is wanted. */
      safeMode: Type.Optional(Type.Boolean()),
      /** For who may install packages; `catalogue`: below which address they may be fetched. */
      packages: Type.Optional(Type.Object({ catalogue: Type.Optional(Type.String()) })),
    }),
  }),
  /** Enables or disables a plugin in a bureau at run time and answers when it is done (or failed). */
  setEnabled: op({
    effect: "write",
    http: { method: "PUT", path: "/plugins/:plugin/bureaus/:bureau" },
    actor: "required",
    input: Type.Object({ plugin: Name, bureau: Name, enabled: Type.Boolean() }, { additionalProperties: false }),
    output: PluginStatus,
  }),
  /**
   * Gives bureaus another installed version, without a request being lost; also the one before. Answers when it serves; 502
   * `plugin-failed` when it did not start, and the version before goes on.
   */
  setVersion: op({
    effect: "write",
    http: { method: "PUT", path: "/plugins/:plugin/version" },
    actor: "required",
    input: Type.Object(
      {
        plugin: Name,
        version: Type.String({ maxLength: 60 }),
        bureaus: Type.Array(Name, { minItems: 1, maxItems: 200 }),
      },
      { additionalProperties: false },
    ),
    output: PluginStatus,
  }),
  /**
   * Announces a package (.tgz) that the gateway then receives, `POST /api/v1/plugin-packages`; for the administrators of the bureau
   * above all others.
   */
  announcePackage: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({ package: Id, maxBytes: Type.Integer() }),
  }),
  /** What a received package is, who vouches for it, what it asks for, and why it can't be installed; nothing of it is run. */
  inspectPackage: op({
    effect: "read",
    http: { method: "GET", path: "/plugin-packages/:package" },
    actor: "required",
    input: Type.Object({ package: Id }, { additionalProperties: false }),
    output: PackageReport,
  }),
  /** Brings a package from below the address that the site's `pluginPackages.catalogue` names. */
  fetchPackage: op({
    effect: "write",
    http: { method: "POST", path: "/plugin-packages/from-catalogue" },
    actor: "required",
    input: Type.Object({ url: Type.String({ minLength: 1, maxLength: 2_000 }) }, { additionalProperties: false }),
    output: PackageReport,
  }),
  /**
   * Installs a received package; it runs nowhere by that. `consent` is that of the report: 409 `consent-missing` when it no longer
   * holds, `package-refused` with the problems.
   */
  installPackage: op({
    effect: "write",
    http: { method: "POST", path: "/plugin-packages/:package/install" },
    actor: "required",
    recent: true,
    input: Type.Object(
      { package: Id, consent: Sha256, allowDowngrade: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
    output: PluginStatus,
  }),
  /** Removes an installed version that no bureau has; 409 `still-used` otherwise. What it has stored stays. */
  removePackage: op({
    effect: "write",
    http: { method: "DELETE", path: "/plugins/:plugin/versions/:version" },
    actor: "required",
    recent: true,
    input: Type.Object({ plugin: Name, version: Type.String({ maxLength: 60 }) }, { additionalProperties: false }),
    output: Type.Object({}),
  }),
  /** How many records a bureau has in a plugin's collections, removed ones that can be restored included. */
  storedData: op({
    effect: "read",
    http: { method: "GET", path: "/plugins/:plugin/bureaus/:bureau/data" },
    actor: "required",
    input: Type.Object({ plugin: Name, bureau: Name }, { additionalProperties: false }),
    output: Type.Object({
      collections: Type.Array(Type.Object({ collection: Type.String(), title: LocalText, records: Type.Integer() })),
    }),
  }),
  /**
   * Asks that all a plugin has stored for a bureau be removed for good, which a security administrator decides on; the plugin must be off
   * there. `name`: the plugin's title or id, typed by who asks. 409 `conflict`, `in-progress`.
   */
  proposePurge: op({
    effect: "write",
    http: { method: "POST", path: "/plugins/:plugin/bureaus/:bureau/purge" },
    actor: "required",
    recent: true,
    input: Type.Object(
      {
        plugin: Name,
        bureau: Name,
        name: Type.String({ minLength: 1, maxLength: 200 }),
        reason: Type.String({ minLength: 2, maxLength: 200 }),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ change: Id }),
  }),
  /** Starts a failed or quarantined plugin again (permission `site.plugins`). */
  restart: op({
    effect: "write",
    http: { method: "POST", path: "/plugins/:plugin/restart" },
    actor: "required",
    input: Type.Object({ plugin: Name }, { additionalProperties: false }),
    output: PluginStatus,
  }),
  /** What the bureau's plugins offer to others, for the documents of the APIs. */
  operations: op({
    effect: "read",
    callers: "kernel",
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({ plugins: Type.Array(PluginOperations) }),
  }),
  /** Route of a request to a plugin, for the gateway: 404 `not-enabled`, 502 `plugin-failed`, or its provided op. */
  route: op({
    effect: "read",
    callers: "kernel",
    input: Type.Object({ plugin: Name, op: Name }, { additionalProperties: false }),
    output: Type.Object({
      version: Type.Integer(),
      effect: Type.Enum(["read", "write"]),
      permission: Type.Optional(Type.String()),
    }),
  }),
});
export type SupervisorApi = typeof supervisorApi;

/** A job, an event, or a schedule that is due, on its way to a plugin. */
export const PluginDelivery = Type.Object({
  kind: Type.Enum(["job", "event", "schedule"]),
  /** Type of the job, `<source>.<name>` of the event, or id of the schedule. */
  name: Type.String(),
  subject: Type.String(),
  traceparent: Type.String(),
  body: Type.Unknown(),
});
export type PluginDelivery = Static<typeof PluginDelivery>;

/** Requests between the supervisor and a plugin process on `jinshui.control.v1.<plugin>.<verb>.<run>`. */
export const controlSchemas = {
  /** Plugin → supervisor, once its handlers are subscribed for all its bureaus. */
  ready: Type.Object({ pid: Type.Integer(), version: Type.String() }),
  /** Supervisor → plugin: the bureaus to serve from now on; answered when subscribed / drained. */
  bureaus: Type.Object({ bureaus: Type.Array(Name) }),
  /** Supervisor → plugin: what is set in a bureau, before it is served there and after every change. */
  settings: Type.Object({ bureau: Name, settings: DeliveredSettings }),
  /** Supervisor → plugin: a job, an event or a schedule that is due, answered when it is done; an error brings it again. */
  deliver: PluginDelivery,
  /** Supervisor → plugin: finish what runs, then exit. */
  drain: Type.Object({}),
  /** Supervisor → plugin: answered at once with figures. */
  health: Type.Object({}),
};
