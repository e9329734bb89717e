import { Type, type Static } from "typebox";
import { BureauFederation, SiteFederation } from "./federation-config.js";
import { KeyId } from "./plugin-package.js";
import { Duty } from "./position-ops.js";
import { SignatureAlgorithm } from "./signature-api.js";
import { Day, LocalText, Name } from "./text.js";

const Department = Type.Object(
  { id: Name, title: LocalText, parent: Type.Optional(Name) },
  { additionalProperties: false },
);

/** Files of a site; what is absent has the default named here. */
export const FilesConfig = Type.Object(
  {
    /** Largest file in MB: 50; 5,120 at most. */
    maxMegabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_120 })),
    /** What all files together may take, in GB: no limit but the disk. */
    totalGigabytes: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Uploads a person may have under way at the same time: 4. */
    uploadsPerPerson: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    /** Extensions that may be uploaded, instead of the usual ones of offices. */
    types: Type.Optional(Type.Array(Type.String({ pattern: "^[a-z0-9]{1,10}$" }), { minItems: 1 })),
    /** Origin for downloads, e.g. `https://files.example`: a host name of its own that leads to the same gateway. */
    origin: Type.Optional(Type.String({ pattern: "^https?://[^/\\s]+$" })),
    clamd: Type.Optional(
      Type.Object(
        {
          /** Path of clamd's socket, or `host:port`. */
          address: Type.String({ minLength: 1 }),
          /** Whether files wait while clamd does not answer: true. Else they are handed out unscanned and scanned later. */
          required: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type FilesConfig = Static<typeof FilesConfig>;

/** Where the operator's backup job says how it went; the job itself is the operator's. */
export const BackupConfig = Type.Object(
  {
    /**
     * A JSON file that the job replaces at its end: `finishedAt` (an instant), `ok`, and where it is known `bytes`. Absolute, or
     * relative to the configuration folder.
     */
    report: Type.String({ minLength: 1 }),
    /** How old the last good backup may be before an alarm is raised: 26. */
    maxHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 8_760 })),
  },
  { additionalProperties: false },
);
export type BackupConfig = Static<typeof BackupConfig>;

/** Imports and exports in the background. */
export const TransfersConfig = Type.Object(
  {
    /** Rows that one may have: 1,000,000. */
    maxRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
    /** How many go on at the same time in the whole site: 2. */
    atOnce: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
  },
  { additionalProperties: false },
);
export type TransfersConfig = Static<typeof TransfersConfig>;

/** How people sign in; what is absent has the default named here, or that of `protection: level-3`. */
export const SignInConfig = Type.Object(
  {
    /** Shortest password: 12. */
    minLength: Type.Optional(Type.Integer({ minimum: 8, maximum: 64 })),
    /** Words that no password may hold, e.g. the bureau's name in pinyin. */
    words: Type.Optional(Type.Array(Type.String({ minLength: 2 }))),
    /** Whether passwords need three of: capital letters, small letters, digits, others. No; level 3: yes. */
    complexity: Type.Optional(Type.Boolean()),
    /** Days after which a password must be replaced: never; level 3: 90. */
    maxAgeDays: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Former passwords that may not come back: 0; level 3: 5. */
    remembered: Type.Optional(Type.Integer({ minimum: 0, maximum: 24 })),
    /** A second factor besides the password: `offered`; level 3: `required`. */
    secondFactor: Type.Optional(Type.Enum(["off", "offered", "required"])),
    /** Days without a sign-in after which an account is disabled: never; level 3: 90. */
    unusedDays: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Where browsers reach the site when a proxy stands before it, e.g. `https://oa.example`: for secure cookies and passkeys. */
    origin: Type.Optional(Type.String({ pattern: "^https?://[^/\\s]+$" })),
    /** Address of that proxy, as this machine sees it: of its requests the last entry of `X-Forwarded-For` is the client's. */
    proxy: Type.Optional(Type.String({ pattern: "^[0-9a-fA-F.:]+$" })),
  },
  { additionalProperties: false },
);
export type SignInConfig = Static<typeof SignInConfig>;

/** Packages that plugins are installed from, and who may vouch for them; without effect as long as a site installs none. */
export const PluginPackagesConfig = Type.Object(
  {
    keys: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: KeyId,
            /** Whose it is. */
            title: LocalText,
            /** An Ed25519 key as PEM, or the path of such a file, relative to the folder of this one. */
            publicKey: Type.String({ minLength: 1 }),
            /** Last day on which packages are taken that it has signed. */
            notAfter: Type.Optional(Day),
            /** Nothing it has signed is taken or run any more. */
            revoked: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    /** Packages without a signature: `refuse`. */
    unsigned: Type.Optional(Type.Enum(["refuse", "allow"])),
    /** Where packages may be fetched from, e.g. `https://plugins.example/packages/`: nowhere when absent. */
    catalogue: Type.Optional(Type.String({ pattern: "^https?://[^/\\s?#@]+/(?:[^\\s?#]*/)?$" })),
    /** Largest archive in MB: 50. */
    maxMegabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  { additionalProperties: false },
);
export type PluginPackagesConfig = Static<typeof PluginPackagesConfig>;
/** How secrets that must be read again can be sealed: AES-256-GCM (NIST), SM4-GCM (GB/T 32907, RFC 8998). */
export const SEAL_CIPHERS = ["aes-256-gcm", "sm4-gcm"] as const;
export type SealCipher = (typeof SEAL_CIPHERS)[number];

/** `configs/base.yaml`: what all bureaus of the site share. */
export const SiteConfig = Type.Object(
  {
    site: Type.Object({ id: Name, title: LocalText }, { additionalProperties: false }),
    /** Catalogue of positions; `permissions` are the kernel's own (`site.*`), plugins add theirs in their manifests. */
    positions: Type.Record(
      Name,
      Type.Object(
        {
          title: LocalText,
          permissions: Type.Optional(Type.Array(Type.String())),
          /** Whoever holds it leads the department in which they do, and hears of what is late there. */
          leads: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    /** Lists of positions of which nobody may hold two, neither by themselves nor for others. */
    separations: Type.Optional(Type.Array(Type.Array(Name, { minItems: 2 }))),
    session: Type.Optional(
      Type.Object(
        { idleMinutes: Type.Integer({ minimum: 1 }), absoluteHours: Type.Integer({ minimum: 1 }) },
        { additionalProperties: false },
      ),
    ),
    /** `level-3`: the rules for passwords and second factors of GB/T 22239-2019, level 3 (等保三级). */
    protection: Type.Optional(Type.Literal("level-3")),
    signIn: Type.Optional(SignInConfig),
    crypto: Type.Optional(
      Type.Object(
        {
          /** What secrets are sealed with from now on: `aes-256-gcm`. Those sealed otherwise stay readable. */
          cipher: Type.Optional(Type.Enum([...SEAL_CIPHERS])),
        },
        { additionalProperties: false },
      ),
    ),
    /** Folders that hold plugins, relative to the site's root. */
    plugins: Type.Array(Type.String()),
    pluginPackages: Type.Optional(PluginPackagesConfig),
    /** `shared`: plugins that allow it run together, by their origin (a signing key, or the site's folders), in one process: `own`. */
    pluginProcesses: Type.Optional(Type.Enum(["own", "shared"])),
    /** Real data: the kernel then refuses to start where a power cut could lose what it has promised. */
    production: Type.Optional(Type.Boolean()),
    /** What is true of a bus of the operator's own (docs: configs/deploy); the embedded one is known without it. */
    bus: Type.Optional(
      Type.Object(
        {
          /** `mount-sync`: its store is mounted with `-o sync`; `sync-always`: nats-server 2.10 or later with `sync_interval: always`. */
          durability: Type.Optional(Type.Union([Type.Literal("mount-sync"), Type.Literal("sync-always")])),
          /** Where other systems reach it, e.g. `tls://bus.example:4222`; without it they get its address on this machine. */
          address: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
          /** Its `store_dir`, where this kernel may read it on the same machine. */
          store: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
    /** Free space below which writing is refused. Default 10 % and 2048 MB in production, 2 % and 256 MB otherwise. */
    disk: Type.Optional(
      Type.Object(
        {
          minFreePercent: Type.Optional(Type.Number({ minimum: 0, maximum: 90 })),
          minFreeMb: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        { additionalProperties: false },
      ),
    ),
    backup: Type.Optional(BackupConfig),
    files: Type.Optional(FilesConfig),
    transfers: Type.Optional(TransfersConfig),
    federation: Type.Optional(SiteFederation),
    webhooks: Type.Optional(
      Type.Object(
        {
          /** Networks of the site's own that webhooks may go to, e.g. `10.20.0.0/16`; public addresses are allowed without. */
          allow: Type.Optional(Type.Array(Type.String(), { maxItems: 50 })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type SiteConfig = Static<typeof SiteConfig>;

/** A plugin in a lock file: its version, and the digest of the package it came from. */
export const LockedPlugin = Type.Object(
  {
    version: Type.String({ minLength: 5, maxLength: 60 }),
    sha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$" })),
  },
  { additionalProperties: false },
);
export type LockedPlugin = Static<typeof LockedPlugin>;

/** `configs/bureaus/<id>.lock.json`: exact versions of a bureau's plugins. */
export const BureauLock = Type.Object({ plugins: Type.Record(Name, LockedPlugin) }, { additionalProperties: false });
export type BureauLock = Static<typeof BureauLock>;

/** `configs/bureaus/<id>.yaml`: one bureau, its departments and the plugins it enables. */
export const BureauConfig = Type.Object(
  {
    bureau: Name,
    title: LocalText,
    parent: Type.Optional(Name),
    departments: Type.Array(Department),
    plugins: Type.Record(Name, Type.Object({ enabled: Type.Boolean() }, { additionalProperties: false })),
    /** Exact versions, from the bureau's lock file `<id>.lock.json`; what is absent has the version that is installed. */
    locked: Type.Optional(Type.Record(Name, LockedPlugin)),
    /** Positions that hold a permission here, instead of what the plugin's manifest proposes. */
    permissions: Type.Optional(Type.Record(Type.String(), Type.Array(Name))),
    federation: Type.Optional(BureauFederation),
  },
  { additionalProperties: false },
);
export type BureauConfig = Static<typeof BureauConfig>;

/** `configs/demo/duties.yaml`: what positions have to do on the demo site. */
export const DemoDuties = Type.Record(
  Name,
  Type.Array(Type.Omit(Duty, ["id", "version", "position"], { additionalProperties: false })),
);
export type DemoDuties = Static<typeof DemoDuties>;

/** `configs/demo/people.yaml`: invented people of the demo site. */
export const DemoPeople = Type.Object(
  {
    password: Type.String({ minLength: 12 }),
    /** Holders of these positions have a signing key from the beginning. */
    signs: Type.Optional(Type.Record(Name, SignatureAlgorithm)),
    people: Type.Array(
      Type.Object(
        {
          username: Type.String({ pattern: "^[a-z][a-z0-9.-]{1,39}$" }),
          name: Type.String(),
          bureau: Name,
          department: Name,
          positions: Type.Array(
            Type.Object({ position: Name, department: Type.Optional(Name) }, { additionalProperties: false }),
          ),
          /** Listed on the sign-in page and by `npm start`. */
          shown: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type DemoPeople = Static<typeof DemoPeople>;
