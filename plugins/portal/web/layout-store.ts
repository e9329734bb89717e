import type { Pinned } from "#logic/arrangement.js";
import { COLUMNS, type Placed, readLayout, type Screen } from "#logic/layout.js";
import { JinshuiError, type Profile, storageApi } from "@jinshui/contracts";
import { client } from "@jinshui/web";

/** What the workbench is made of, as the server has it. */
export interface Kept {
  /** The person's own; absent until something was arranged. */
  own: Placed[] | undefined;
  /** That of the first of the person's positions that has one. */
  ofPosition: Placed[] | undefined;
  pinned: Pinned[];
}

/** Whether a person's layout has reached the server, or waits here until that can be reached. */
export type Saved = "saved" | "waiting";

interface Copy extends Kept {
  /** The layout is not on the server yet. */
  waits?: boolean;
}

/**
 * Layouts of a person for one kind of screen. The server keeps them; the browser has a copy, from which the page is drawn at once, and
 * where a layout waits while the network is cut.
 */
export class LayoutStore {
  readonly #key: string;

  constructor(
    readonly profile: Profile,
    readonly screen: Screen,
  ) {
    this.#key = `jinshui.portal.${profile.id}.${screen}`;
  }

  /** As it was when it was last read. */
  copy(): Kept | undefined {
    return this.#copy();
  }

  /** Reads it from the server; what waits here is sent first. */
  async read(): Promise<Kept> {
    const waiting = this.#copy();
    if (waiting?.waits === true && waiting.own) await this.save(waiting.own);
    const positions = this.profile.positions.map(({ id }) => id);
    const { screen } = this;
    const [own, defaults, pinned] = await Promise.all([
      records("portal.layout", { screen }),
      positions.length === 0 ? [] : records("portal.role-default", { screen, position: { in: positions } }),
      records("portal.pinned-card", {}),
    ]);
    const columns = COLUMNS[screen];
    const layoutOf = (record: Stored | undefined): Placed[] | undefined =>
      record && readLayout(record.values["cards"], columns);
    const ofPosition = positions.flatMap((id) => defaults.find(({ values }) => values["position"] === id) ?? [])[0];
    const kept: Kept = {
      own: layoutOf(own[0]),
      ofPosition: layoutOf(ofPosition),
      pinned: pinned.map(({ values }) => ({ card: String(values["card"]), order: Number(values["order"] ?? 0) })),
    };
    this.#keep(kept);
    return kept;
  }

  /**
   * Saves the person's layout.
   * @throws JinshuiError when the server refuses it; not when it can't be reached.
   */
  async save(cards: readonly Placed[]): Promise<Saved> {
    const kept = { ...(this.#copy() ?? { ofPosition: undefined, pinned: [] }), own: [...cards] };
    this.#keep({ ...kept, waits: true });
    const { id: person } = this.profile;
    try {
      await client(storageApi).upsert({
        collection: "portal.layout",
        key: { person, screen: this.screen },
        values: { cards: [...cards] },
      });
    } catch (error) {
      if (error instanceof JinshuiError && error.code === "offline") return "waiting";
      this.#keep(kept);
      throw error;
    }
    this.#keep(kept);
    return "saved";
  }

  /** Takes the person's layout away, so that the position's holds again. */
  async reset(): Promise<void> {
    for (const { id, version } of await records("portal.layout", { screen: this.screen }))
      await client(storageApi).remove({ collection: "portal.layout", id, version });
    const copy = this.#copy();
    if (copy) this.#keep({ ...copy, own: undefined, waits: false });
  }

  #copy(): Copy | undefined {
    try {
      const {
        own,
        ofPosition,
        pinned = [],
        waits,
      } = JSON.parse(localStorage.getItem(this.#key) ?? "") as Partial<Copy>;
      const columns = COLUMNS[this.screen];
      return {
        own: own && readLayout(own, columns),
        ofPosition: ofPosition && readLayout(ofPosition, columns),
        pinned,
        waits: waits === true,
      };
    } catch {
      return undefined;
    }
  }

  #keep(copy: Copy): void {
    localStorage.setItem(this.#key, JSON.stringify(copy));
  }
}

interface Stored {
  id: string;
  version: number;
  values: Record<string, unknown>;
}

async function records(collection: string, filter: Record<string, unknown>): Promise<Stored[]> {
  return (await client(storageApi).find({ collection, filter, limit: 200, total: "none" })).records;
}
