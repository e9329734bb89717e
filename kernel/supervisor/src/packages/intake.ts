import { type ActorRef, type Ask, JinshuiError, type PackageProblem, type PackageReport } from "@jinshui/contracts";
import type { Transaction } from "@jinshui/storage";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { type Unpacked, unpack } from "./archive.js";
import { catalogueContent } from "./catalogue.js";
import type { PackageStore } from "./store.js";
import { type Surroundings, verifyPackage } from "./verify.js";

/** How long a package waits for the decision whether to install it. */
const WAITING_MS = 30 * 60_000;
const MAX_WAITING = 8;

export interface IntakeOptions {
  store: PackageStore;
  /** What is there at the moment. */
  surroundings: () => Pick<Surroundings, "plugins" | "checkData">;
  /** Notes something that did not come to be. */
  note: (write: (tx: Transaction) => void) => Promise<void>;
}

/** Who brings a package, and from where. */
export interface Bringer {
  actor: ActorRef;
  bureau: string;
  trace: string;
}

interface Waiting {
  by: Bringer;
  until: number;
  unpacked?: Unpacked;
}

/** Packages on their way in: received, looked at, and installed when somebody agrees to what they ask for. */
export class PackageIntake {
  readonly #waiting = new Map<string, Waiting>();

  constructor(readonly options: IntakeOptions) {}

  get store(): PackageStore {
    return this.options.store;
  }

  /** Largest archive that is taken. */
  get maxBytes(): number {
    return this.store.trust.limits.archiveBytes;
  }

  /** Names a package that is going to be sent; whoever knows the name may send it, once. */
  async announce(by: Bringer): Promise<string> {
    const id = randomUUID();
    this.#waiting.set(id, { by, until: Date.now() + WAITING_MS });
    const stale = [...this.#waiting].filter(
      ([other, { until }], index) => until < Date.now() || (this.#waiting.size - index > MAX_WAITING && other !== id),
    );
    for (const [other] of stale) await this.#forget(other);
    return id;
  }

  /**
   * Unpacks an announced package as it comes.
   * @throws JinshuiError `not-found`, `conflict` when it has come already, `invalid-package`.
   */
  async receive(id: string, content: AsyncIterable<Buffer>): Promise<void> {
    const waiting = this.#known(id);
    if (waiting.unpacked) throw new JinshuiError("conflict", `The package ${id} has come already`);
    waiting.unpacked = await unpack(content, this.store.staging(id), this.store.trust.limits);
  }

  /**
   * Brings a package from the site's catalogue.
   * @throws JinshuiError `invalid-request` for another address, `unavailable`, `invalid-package`.
   */
  async bring(url: string, by: Bringer): Promise<string> {
    const { catalogue } = this.store.trust;
    const content = await catalogueContent(url, catalogue);
    const id = await this.announce(by);
    await this.receive(id, content);
    return id;
  }

  /** Says of a package that has come what it is, asks for, and why it can't be installed. @throws JinshuiError `not-found`. */
  async report(id: string): Promise<PackageReport> {
    const { unpacked, by } = this.#known(id);
    if (!unpacked) throw missing(id);
    const { store, surroundings, note } = this.options;
    const report = await verifyPackage(unpacked, store.staging(id), id, {
      ...surroundings(),
      trust: store.trust,
      highest: (plugin) => store.highest(plugin),
      installed: (plugin, version) => store.installed(plugin, version),
    });
    const doubts = report.problems.filter(({ code }) => DOUBTFUL.has(code));
    if (doubts.length > 0)
      await note((tx) =>
        tx.audit({
          bureau: by.bureau,
          actor: by.actor,
          action: "refuse-package",
          resource: `plugin/${report.plugin}`,
          result: "denied",
          reason: "package-refused",
          after: { version: report.version, sha256: report.sha256, problems: doubts.map(({ code }) => code) },
          trace: by.trace,
        }),
      );
    return report;
  }

  /**
   * Installs a package that has come; it runs nowhere by that.
   * @throws JinshuiError `not-found`, `package-refused` with the problems, `consent-missing` when `consent` is not what the report
   * says now.
   */
  async install(
    id: string,
    { consent, allowDowngrade }: { consent: string; allowDowngrade: boolean },
    by: Bringer,
  ): Promise<PackageReport> {
    const report = await this.report(id);
    const { plugin, version, sha256, asks, signedBy } = report;
    const problems = report.problems.filter(({ code }) => !(allowDowngrade && code === "downgrade"));
    if (problems.length > 0) throw refused(report, problems);
    if (consent !== report.consent)
      throw new JinshuiError("consent-missing", `What ${plugin} ${version} asks for is not what was agreed to`, {
        details: { plugin, version },
      });
    const { unpacked } = this.#known(id);
    if (!unpacked) throw missing(id);
    const release = {
      plugin,
      version,
      sha256,
      files: unpacked.files,
      consent,
      by: by.actor.name,
      ...(signedBy ? { signedBy: signedBy.id } : {}),
    };
    await this.store.install(release, this.store.staging(id), (tx) => {
      tx.audit({
        bureau: by.bureau,
        actor: by.actor,
        action: "install-package",
        resource: `plugin/${plugin}`,
        after: { version, sha256, asks: asks.map(textOf), ...(signedBy ? { signedBy: signedBy.title["zh-CN"] } : {}) },
        trace: by.trace,
      });
      return Promise.resolve();
    });
    await this.#forget(id);
    return report;
  }

  /** Removes an installed version. @throws JinshuiError `not-found`, `still-used`. */
  async remove(plugin: string, version: string, usersOf: () => string[], by: Bringer): Promise<void> {
    const removed = await this.store.remove(plugin, version, usersOf, (tx) => {
      tx.audit({
        bureau: by.bureau,
        actor: by.actor,
        action: "remove-package",
        resource: `plugin/${plugin}`,
        before: { version },
        trace: by.trace,
      });
      return Promise.resolve();
    });
    if (!removed)
      throw new JinshuiError("not-found", `${plugin} ${version} was not installed from a package`, {
        details: { plugin, version },
      });
  }

  #known(id: string): Waiting {
    const waiting = this.#waiting.get(id);
    if (!waiting || waiting.until < Date.now()) throw missing(id);
    return waiting;
  }

  async #forget(id: string): Promise<void> {
    this.#waiting.delete(id);
    await rm(this.store.staging(id), { recursive: true, force: true });
  }
}

/** Problems that tell of somebody's meddling rather than of a package that does not fit. */
const DOUBTFUL = new Set([
  "unsigned",
  "signature-unreadable",
  "unknown-key",
  "signature-wrong",
  "key-revoked",
  "file-added",
  "file-changed",
  "file-missing",
  "identity",
]);

function refused({ plugin, version }: PackageReport, problems: PackageProblem[]): JinshuiError {
  return new JinshuiError("package-refused", `${plugin} ${version}: ${problems[0]?.message ?? ""}`, {
    details: { plugin, version, problems },
  });
}

function missing(id: string): JinshuiError {
  return new JinshuiError("not-found", `There is no package ${id}: it was installed, or has waited for too long`, {
    details: { package: id, reason: "package-gone" },
  });
}

function textOf({ kind, what }: Ask): string {
  return what === "" ? kind : `${kind} ${what}`;
}
