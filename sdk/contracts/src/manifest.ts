import { Type, type Static } from "typebox";
import { PointEntry } from "./points.js";
import { Schedule } from "./schedules.js";
import { LocalText, Name } from "./text.js";
import { Command, ElementName, TaskForm, Widget } from "./web-contributions.js";

/** A right people may be given, e.g. `asset-tracking.manage`; `positions` hold it unless the bureau's file says otherwise. */
export const Permission = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z0-9-]{1,40}\\.[a-z0-9-]{1,40}$" }),
    title: LocalText,
    positions: Type.Optional(Type.Array(Type.String())),
  },
  { additionalProperties: false },
);
export type Permission = Static<typeof Permission>;

/** A page of a plugin: `collection` is drawn from metadata, `element` by a class the web module exports. */
export const View = Type.Object(
  {
    id: Name,
    title: LocalText,
    kind: Type.Enum(["collection", "element"]),
    collection: Type.Optional(Name),
    /** Export name of the element class in the web module, e.g. `HelloPage`. */
    element: Type.Optional(ElementName),
    /** One of the plugin's own, or of the kernel's. */
    permission: Type.Optional(Type.String()),
    /**
     * What it does for the shell. `change-requests`: the kernel's notices of requests that wait for a second person lead here;
     * `workbench`: its element draws the first page instead of the shell's plain one (`Workbench` of `@jinshui/web`).
     */
    answers: Type.Optional(Type.Enum(["change-requests", "workbench"])),
    /** Collection views: offer the .xlsx import. */
    import: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type View = Static<typeof View>;

export const MenuItem = Type.Object(
  {
    view: Name,
    title: Type.Optional(LocalText),
    group: Type.Enum(["common", "business", "administration", "management"]),
    order: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type MenuItem = Static<typeof MenuItem>;

/**
 * Which version of its data a plugin writes, and the oldest version that can still read that. A version of the plugin whose
 * `version` is below what any before it has written as `readableFrom` is not started: what it does not know it would spoil.
 */
export const DataVersion = Type.Object(
  { version: Type.Integer({ minimum: 1 }), readableFrom: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);
export type DataVersion = Static<typeof DataVersion>;

const SemVer = Type.String({ pattern: "^\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?$" });
const Range = Type.String({ minLength: 1, maxLength: 60 });

/** The `jinshui` part of a plugin's package.json: all that is known of it without running its code. */
export const PluginManifest = Type.Object(
  {
    id: Name,
    title: LocalText,
    description: Type.Optional(LocalText),
    schema: Type.Literal(1),
    requires: Type.Object(
      { apis: Type.Record(Type.String(), Range), plugins: Type.Optional(Type.Record(Type.String(), Range)) },
      { additionalProperties: false },
    ),
    /** Absent for a plugin that is data only: it then has no process. */
    server: Type.Optional(
      Type.Object(
        {
          main: Type.String(),
          memoryMb: Type.Optional(Type.Integer({ minimum: 32, maximum: 4096 })),
          concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          drainMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
          /**
           * `shared`: it may run in one process with other plugins of the same origin, where the site wants that (`pluginProcesses`); then
           * `memoryMb` is not its own. `process` when absent.
           */
          isolation: Type.Optional(Type.Enum(["process", "shared"])),
        },
        { additionalProperties: false },
      ),
    ),
    /** Path of the built ES module below the plugin's folder. */
    web: Type.Optional(Type.Object({ module: Type.String() }, { additionalProperties: false })),
    grants: Type.Object(
      {
        /** Kernel APIs the plugin may call. */
        apis: Type.Array(Type.Enum(["storage", "auth", "workflow"])),
        events: Type.Optional(Type.Object({ subscribe: Type.Array(Type.String()) }, { additionalProperties: false })),
        /** Operations of other plugins it may call, as `<plugin>.<op>`. */
        plugins: Type.Optional(Type.Array(Type.String())),
        /** Whether its jobs may lend archives and dispose of them. */
        archives: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    /** Operations other plugins and the plugin's own pages may call; schemas are files of the plugin. */
    provides: Type.Optional(
      Type.Object(
        {
          ops: Type.Optional(
            Type.Record(
              Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
              Type.Object(
                {
                  v: Type.Integer({ minimum: 1 }),
                  input: Type.String(),
                  output: Type.String(),
                  effect: Type.Enum(["read", "write"]),
                  permission: Type.Optional(Type.String()),
                },
                { additionalProperties: false },
              ),
            ),
          ),
          /** Where other plugins can contribute: files with the JSON Schema of an entry. */
          points: Type.Optional(
            Type.Record(Type.String({ pattern: "^[a-z0-9-]{1,40}$" }), Type.String(), { additionalProperties: false }),
          ),
          /** Folder with cases of the operations (`ContractCases`), tried before a package is enabled anywhere. */
          contracts: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
    contributes: Type.Object(
      {
        permissions: Type.Optional(Type.Array(Permission)),
        views: Type.Optional(Type.Array(View)),
        menu: Type.Optional(Type.Array(MenuItem)),
        /** Folders below the plugin. */
        collections: Type.Optional(Type.String()),
        formats: Type.Optional(Type.String()),
        processes: Type.Optional(Type.String()),
        forms: Type.Optional(Type.String()),
        /** Ways through its processes to try them with before a release (`ScenarioFile`). */
        scenarios: Type.Optional(Type.String()),
        locales: Type.Optional(Type.String()),
        /** Types of jobs its service handles. */
        jobs: Type.Optional(Type.Array(Name)),
        /** A file with a `SettingsSchema`: what administrators can set of it in each bureau. */
        settings: Type.Optional(Type.String()),
        widgets: Type.Optional(Type.Array(Widget, { maxItems: 20 })),
        commands: Type.Optional(Type.Array(Command, { maxItems: 100 })),
        taskForms: Type.Optional(Type.Array(TaskForm, { maxItems: 100 })),
        /** Entries for points of other plugins, by `<plugin>.<point>`; of no effect where that plugin is off. */
        to: Type.Optional(
          Type.Record(
            Type.String({ pattern: "^[a-z0-9-]{1,40}\\.[a-z0-9-]{1,40}$" }),
            Type.Array(PointEntry, { maxItems: 20 }),
            { additionalProperties: false },
          ),
        ),
        schedules: Type.Optional(Type.Array(Schedule, { maxItems: 50 })),
      },
      { additionalProperties: false },
    ),
    /** Version 1, readable from 1, when absent. */
    data: Type.Optional(DataVersion),
  },
  { additionalProperties: false },
);
export type PluginManifest = Static<typeof PluginManifest>;

/** A plugin's package.json as far as the platform reads it. */
export const PluginPackage = Type.Object({ name: Type.String(), version: SemVer, jinshui: PluginManifest });
export type PluginPackage = Static<typeof PluginPackage>;
