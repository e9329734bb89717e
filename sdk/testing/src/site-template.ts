import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a site's first data are made of, below its root. */
const PARTS = ["configs", "kernel", "sdk", "plugins"];
/** Older than this it is made anew: what runs out in days is young in every test. */
const FRESH_MS = 12 * 3_600_000;
const LOGS = ["kernel.log", "nats/server.log"];

/**
 * A site's data as its first start leaves them, kept for as long as nothing that is built changes: tests go on with a copy, which takes
 * a third of the time. It lies in `node_modules/.cache` and goes with it.
 */
export class SiteTemplate {
  private constructor(
    readonly parent: string,
    readonly folder: string,
  ) {}

  /** The template for what is built below a root now. */
  static of(root: string): SiteTemplate {
    const parent = join(root, "node_modules/.cache/jinshui/sites");
    return new SiteTemplate(parent, join(parent, fingerprint(root)));
  }

  get isThere(): boolean {
    const made = statSync(this.folder, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs < FRESH_MS;
  }

  /**
   * Has it made, unless somebody else was quicker; those for what was built before are removed.
   * @param start Starts a site with the data in a folder for the first time, and ends it again.
   */
  async make(start: (data: string) => Promise<void>): Promise<void> {
    await mkdir(this.parent, { recursive: true });
    const own = await mkdtemp(join(this.parent, ".making-"));
    try {
      await start(own);
      for (const log of LOGS) await rm(join(own, log), { force: true });
      if (!this.isThere) {
        await rm(this.folder, { recursive: true, force: true });
        await rename(own, this.folder).catch((error: unknown) => {
          if (!existsSync(this.folder)) throw error;
        });
      }
    } finally {
      await rm(own, { recursive: true, force: true });
    }
    await this.#sweep();
  }

  copyTo(data: string): Promise<void> {
    return cp(this.folder, data, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.parent)) {
      const path = join(this.parent, name);
      const made = statSync(path, { throwIfNoEntry: false });
      if (path !== this.folder && made !== undefined && Date.now() - made.mtimeMs > FRESH_MS)
        await rm(path, { recursive: true, force: true });
    }
  }
}

/** One value for the present state of what a site is made of: names, sizes and times of its files. */
function fingerprint(root: string): string {
  const hash = createHash("sha256");
  for (const part of PARTS) add(join(root, part), hash);
  return hash.digest("hex").slice(0, 24);
}

function add(path: string, hash: ReturnType<typeof createHash>): void {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const { name } = entry;
    if (name === "node_modules" || name === "src" || name === "web" || name.startsWith(".")) continue;
    const child = join(path, name);
    if (entry.isDirectory()) add(child, hash);
    else if (!name.endsWith(".map") && !name.endsWith(".d.ts")) {
      const { size, mtimeMs } = statSync(child);
      hash.update(`${child}\0${size}\0${mtimeMs}\n`);
    }
  }
}
