import type { Dirent, Stats } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a stream's folder looked like when it was last made durable. */
interface Known {
  inode: number;
  blocks: Map<string, string>;
}

/**
 * Makes what nats-server 2.9 has acknowledged survive a power cut: the server writes it to its files at once, but has them
 * written to the disk only once a minute. A stream that is new here is synchronised as a whole, with the folders above it;
 * after that, what has changed of its blocks.
 */
export class StoreSync {
  readonly #known = new Map<string, Known>();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(readonly store: string) {}

  /** Resolves when everything that was acknowledged before the call is on the disk. Calls at the same time share one pass. */
  settle(): Promise<void> {
    if (!this.#running) return this.#start();
    // the pass under way may have looked before the caller's messages came
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    this.#running = this.#pass().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #pass(): Promise<void> {
    const root = join(this.store, "jetstream");
    for (const account of await folders(root)) {
      for (const stream of await folders(join(root, account.name, "streams")))
        await this.#stream(join(root, account.name, "streams", stream.name));
    }
  }

  async #stream(folder: string): Promise<void> {
    const { ino } = await stat(folder);
    const known = this.#known.get(folder);
    if (known?.inode !== ino) {
      const blocks = await this.#changed(folder, new Map());
      await syncTree(folder);
      for (const above of ancestors(folder, this.store)) await sync(above);
      this.#known.set(folder, { inode: ino, blocks: blocks.now });
      return;
    }
    const { now, changed, listed } = await this.#changed(folder, known.blocks);
    for (const block of changed) await sync(block);
    if (listed) await sync(join(folder, "msgs"));
    known.blocks = now;
  }

  async #changed(
    folder: string,
    before: ReadonlyMap<string, string>,
  ): Promise<{ now: Map<string, string>; changed: string[]; listed: boolean }> {
    const now = new Map<string, string>();
    const messages = join(folder, "msgs");
    for (const name of await readdir(messages)) {
      if (!name.endsWith(".blk")) continue;
      const facts = await stat(join(messages, name)).catch(gone);
      if (facts) now.set(join(messages, name), stateOf(facts));
    }
    const changed = [...now].flatMap(([path, state]) => (before.get(path) === state ? [] : [path]));
    return { now, changed, listed: [...now.keys()].some((path) => !before.has(path)) };
  }
}

function stateOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}

async function folders(path: string): Promise<Dirent[]> {
  return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? syncTree(path) : sync(path));
  }
  await sync(folder);
}

/** Folders above `path` up to and including the one that holds `top`. */
function ancestors(path: string, top: string): string[] {
  const above: string[] = [];
  for (let folder = join(path, ".."); folder.length >= join(top, "..").length; folder = join(folder, "..")) {
    above.push(folder);
    if (folder === "/") break;
  }
  return above;
}

/** The server replaces files while we look; one that is gone needs no saving. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r").catch(gone);
  if (!handle) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
