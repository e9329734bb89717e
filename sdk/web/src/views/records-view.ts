import type { PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { JinshuiElement } from "../base-element.js";
import type { KnownCollection } from "./known-collection.js";
import { type PageAddress, readAddress, writeAddress } from "./page-address.js";

/** Base of the ways to look at a collection: reads what the address asks for. Fires `go` with a change of the address. */
export abstract class RecordsView extends JinshuiElement {
  @property({ attribute: false }) known: KnownCollection | undefined;
  @property({ attribute: false }) address: PageAddress = readAddress("");
  @property() heading = "";
  @state() protected loading = false;
  @state() protected error: unknown;
  #asked = "";
  #run = 0;

  /** Reads what is shown; nothing may be kept once `isLatest` denies that it is still asked for. */
  protected abstract read(known: KnownCollection, isLatest: () => boolean): Promise<void>;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("known") && !changed.has("address")) return;
    const { record: _record, ...listed } = this.address;
    const asked = writeAddress({ ...listed, mode: "list" });
    if (!changed.has("known") && asked === this.#asked) return;
    this.#asked = asked;
    void this.reload();
  }

  /** Reads again what is shown. */
  reload(): Promise<void> {
    return this.reading((known, isLatest) => this.read(known, isLatest));
  }

  protected async reading(read: (known: KnownCollection, isLatest: () => boolean) => Promise<void>): Promise<void> {
    const { known } = this;
    if (!known) return;
    const run = (this.#run += 1);
    const isLatest = (): boolean => run === this.#run;
    this.loading = true;
    try {
      await read(known, isLatest);
      if (isLatest()) this.error = undefined;
    } catch (error) {
      if (isLatest()) this.error = error;
    } finally {
      if (isLatest()) this.loading = false;
    }
  }

  protected go(change: Partial<PageAddress>): void {
    this.dispatchEvent(new CustomEvent("go", { detail: change }));
  }

  /** Opens a record from a link; a modifier opens it in a tab of its own. */
  protected readonly follow = (event: MouseEvent, record: string): void => {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go({ record });
  };

  /** The address of a record. */
  protected link(record: string): string {
    return writeAddress({ ...this.address, record });
  }
}
