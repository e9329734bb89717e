import { Type, type Static } from "typebox";
import { KeyId, Sha256 } from "./plugin-package.js";
import { Id, LocalText, Name } from "./text.js";

/** One thing that a plugin asks for, as its manifest says it. */
export const Ask = Type.Object(
  {
    /**
     * `api`: calls a kernel API; `event`: hears an event; `plugin-op`: calls an operation of another plugin; `memory`: a process
     * with so much of it; `permission`: a right for the holders of positions; `job`: work that processes hand to it; `menu`: an
     * entry of the menu; `web`: code of its own in the pages.
     */
    kind: Type.Enum(["api", "event", "plugin-op", "memory", "permission", "job", "menu", "web"]),
    /** Which one, e.g. `storage`, `workflow.task-created`, `formats.lookup`, `trips.manage`; empty for `memory` and `web`. */
    what: Type.String(),
    /** Of permissions and menu entries, as people read it. */
    title: Type.Optional(LocalText),
    /** Positions that get a permission; of what has grown only the new ones. */
    positions: Type.Optional(Type.Array(Type.String())),
    /** Of `memory`. */
    megabytes: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type Ask = Static<typeof Ask>;

/** Something for which a package is not installed; `code` tells the kinds apart. */
export const PackageProblem = Type.Object({
  code: Type.String(),
  /** In English, for logs and the command line. */
  message: Type.String(),
  file: Type.Optional(Type.String()),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type PackageProblem = Static<typeof PackageProblem>;

const Signer = Type.Object({ id: KeyId, title: LocalText });

/** What a package is, who vouches for it, and what it asks for. */
export const PackageReport = Type.Object({
  /** Names the inspected package until it is installed. */
  package: Id,
  plugin: Name,
  version: Type.String(),
  title: LocalText,
  description: Type.Optional(LocalText),
  /** Of the archive. */
  sha256: Sha256,
  signedBy: Type.Optional(Signer),
  /** The version that runs now, which `grew` and `shrank` compare with. */
  running: Type.Optional(Type.String()),
  /** Empty: it can be installed. `downgrade` alone can be waived. */
  problems: Type.Array(PackageProblem),
  asks: Type.Array(Ask),
  /** What the version that runs now does not ask for; everything, when none runs. */
  grew: Type.Array(Ask),
  shrank: Type.Array(Ask),
  /** Hash over what is asked for and the package: who installs it repeats it. */
  consent: Sha256,
});
export type PackageReport = Static<typeof PackageReport>;
