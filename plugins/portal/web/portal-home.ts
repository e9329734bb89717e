import { type Pinned, shownLayout, usualLayout, withNew } from "#logic/arrangement.js";
import { Draft, type Parts } from "#logic/draft.js";
import { COLUMNS, inOrder, moved, type Placed, resized, type Screen, withoutCard } from "#logic/layout.js";
import { byUsage } from "#logic/usage.js";
import type { Profile } from "@jinshui/contracts";
import {
  announce,
  confirmed,
  controls,
  JinshuiElement,
  type LiveEvent,
  t,
  type Workbench,
  type WorkbenchCard,
} from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { defaultForm, pin, type Position, positions, saveDefault } from "./administration.js";
import { drawCard } from "./card.js";
import { gallery } from "./gallery.js";
import type { GridEditing } from "./grid-editing.js";
import { intentOf } from "./keys.js";
import { type Kept, LayoutStore } from "./layout-store.js";
import { CARD_GAP, portalStyle, ROW_HEIGHT } from "./portal-style.js";
import { onScreenChange, screenNow } from "./screen.js";
import "./texts.js";
import { UsageCounter } from "./usage-counter.js";

const NOTHING_KEPT: Kept = { own: undefined, ofPosition: undefined, pinned: [] };

/** The workbench as a person has arranged it: a plain grid to look at, drag and drop and its keyboard twin while it is edited. */
export class PortalHome extends JinshuiElement implements Workbench {
  static override styles = [controls, portalStyle];
  @property({ attribute: false }) cards: readonly WorkbenchCard[] = [];
  @property({ attribute: false }) profile: Profile | undefined;
  @property({ attribute: false }) editing = false;
  @state() private screen: Screen = screenNow();
  @state() private kept: Kept = NOTHING_KEPT;
  @state() private draft: Draft | undefined;
  @state() private picked = "";
  @state() private positions: Position[] = [];
  @state() private isGalleryOpen = false;
  @state() private said = "";
  @state() private error: unknown;
  #store: LayoutStore | undefined;
  #usage: UsageCounter | undefined;
  #grid: GridEditing | undefined;
  /** Cards in the order in which they stand in the document, which drag and drop does not change. */
  #order: string[] = [];
  #stopWatching: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = onScreenChange(() => this.#begin());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWatching?.();
    if (this.draft) void this.#leaveEditing();
    void this.#usage?.write();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^portal\.(?:role-default|pinned-card)-changed$|^hello$/.test(name)) void this.#read();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("profile") && changed.get("profile")?.id !== this.profile?.id) this.#begin();
    if (!changed.has("editing") || !this.editing || this.draft) return;
    this.draft = new Draft(this.#own());
    if (this.#mayManage())
      void positions().then(
        (found) => (this.positions = found),
        (error: unknown) => (this.error = error),
      );
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const host = this.renderRoot.querySelector<HTMLElement>(".cards");
    if (!host) return;
    host.style.setProperty("--columns", `${COLUMNS[this.screen]}`);
    if (this.draft) void this.#drag(host);
    else this.#place(host);
  }

  override render(): TemplateResult {
    const shown = this.#shown();
    const byKey = new Map(this.cards.map((card) => [card.key, card]));
    const order = this.draft ? this.#frozen(shown) : inOrder(shown);
    const cards = order.flatMap(({ card }) => byKey.get(card) ?? []);
    return html`${this.draft ? this.#toolbar(shown) : nothing}
      <ji-error .error=${this.error}></ji-error>
      <p class="visually-hidden" role="status">${this.said}</p>
      ${cards.length === 0 && this.cards.length > 0 ? html`<ji-empty text=${t("portal.empty")}></ji-empty>` : nothing}
      <div
        class="cards"
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
        @click=${(event: Event) => this.#count(event)}
      >
        ${repeat(
          cards,
          ({ key }) => key,
          (card) => this.#card(card),
        )}
      </div>`;
  }

  #card(card: WorkbenchCard): TemplateResult {
    return drawCard(card, {
      editing: this.draft !== undefined,
      picked: this.picked === card.key,
      pinned: this.kept.pinned.some((pinned) => pinned.card === card.key),
      remove: () => this.#remove(card.key),
      pin: this.#mayManage() ? () => void this.#pin(card) : undefined,
    });
  }

  #toolbar(shown: readonly Placed[]): TemplateResult {
    const absent = this.cards.filter(({ key }) => !shown.some(({ card }) => card === key));
    return html`<div class="bar" role="toolbar" aria-label=${t("portal.toolbar")}>
        <button
          class="button"
          aria-expanded=${this.isGalleryOpen}
          @click=${() => (this.isGalleryOpen = !this.isGalleryOpen)}
        >
          ${t("portal.add")}
        </button>
        <button class="button" ?disabled=${this.draft?.canUndo !== true} @click=${() => this.#undo()}>
          ${t("portal.undo")}
        </button>
        <button class="button" @click=${() => this.#arrangeByUsage()}>${t("portal.byUsage")}</button>
        <button class="button" @click=${() => this.#reset()}>${t("portal.reset")}</button>
        <span class="space"></span>
        <button class="button primary" @click=${() => this.#leaveEditing()}>${t("portal.done")}</button>
      </div>
      <p class="hint">${t("portal.hint")}</p>
      ${this.positions.length > 0 ? defaultForm(this.positions, (position) => void this.#saveDefault(position)) : nothing}
      ${this.isGalleryOpen ? gallery(absent, (card) => this.#add(card)) : nothing}`;
  }

  #mayManage(): boolean {
    return this.profile?.permissions.includes("portal.manage") === true;
  }

  async #pin({ key, title }: WorkbenchCard): Promise<void> {
    const isPinned = this.kept.pinned.some(({ card }) => card === key);
    try {
      await pin(key, !isPinned);
      await this.#read();
      announce(t(isPinned ? "portal.wasUnpinned" : "portal.wasPinned", { title }));
    } catch (error) {
      this.error = error;
    }
  }

  async #saveDefault(position: string): Promise<void> {
    try {
      await saveDefault(position, this.screen, this.draft?.own ?? this.#own());
      announce(
        t("portal.defaultSaved", { position: this.positions.find(({ id }) => id === position)?.title ?? position }),
      );
    } catch (error) {
      this.error = error;
    }
  }

  /** Reads another person's layout, or that for another kind of screen. */
  #begin(): void {
    if (this.draft) void this.#leaveEditing();
    this.screen = screenNow();
    this.#store = this.profile && new LayoutStore(this.profile, this.screen);
    if (this.profile && this.#usage?.person !== this.profile.id) this.#usage = new UsageCounter(this.profile.id);
    this.kept = this.#store?.copy() ?? NOTHING_KEPT;
    void this.#read();
  }

  async #read(): Promise<void> {
    const store = this.#store;
    const kept = await store?.read().catch((error: unknown) => void (this.error = error));
    if (kept && store === this.#store) {
      this.kept = kept;
      this.error = undefined;
    }
  }

  #parts(): Parts {
    return { cards: this.cards, pinned: this.kept.pinned, screen: this.screen };
  }

  #own(): Placed[] {
    return this.kept.own ?? this.kept.ofPosition ?? usualLayout(this.cards, this.screen);
  }

  #shown(): Placed[] {
    return this.draft?.shown(this.#parts()) ?? shownLayout(this.#own(), this.cards, this.kept.pinned, this.screen);
  }

  #frozen(shown: readonly Placed[]): Placed[] {
    const known = (card: string): number =>
      this.#order.includes(card) ? this.#order.indexOf(card) : this.#order.length;
    const frozen = inOrder(shown).sort((a, b) => known(a.card) - known(b.card));
    this.#order = frozen.map(({ card }) => card);
    return frozen;
  }

  /** Places the cards of the plain grid. */
  #place(host: HTMLElement): void {
    for (const { card, x, y, w, h } of this.#shown()) {
      const { style } = host.querySelector<HTMLElement>(`[data-card="${CSS.escape(card)}"]`) ?? {};
      style?.setProperty("grid-area", `${y + 1} / ${x + 1} / span ${h} / span ${w}`);
    }
  }

  async #drag(host: HTMLElement): Promise<void> {
    const { GridEditing: Grid } = await import("./grid-editing.js");
    if (!this.draft) return;
    this.#grid ??= new Grid(host, {
      columns: COLUMNS[this.screen],
      height: ROW_HEIGHT,
      gap: CARD_GAP,
      isLocked: (card) => this.kept.pinned.some((pinned: Pinned) => pinned.card === card),
      changed: (layout) => {
        this.draft?.take(layout, this.#parts());
        this.requestUpdate();
      },
    });
    this.#grid.follow(this.#shown());
  }

  #key(event: KeyboardEvent): void {
    if (!this.draft) return;
    const target = (event.composedPath()[0] as Element).closest?.("[data-handle]");
    const card = target?.getAttribute("data-handle") ?? "";
    const intent = intentOf(event, this.picked !== "");
    if (!intent || (card === "" && intent.kind !== "undo")) return;
    event.preventDefault();
    event.stopPropagation();
    switch (intent.kind) {
      case "pick":
        this.picked = this.picked === card ? "" : card;
        this.#say(this.picked === "" ? "portal.put" : "portal.pickedUp", card);
        return;
      case "put":
        this.picked = "";
        this.#say("portal.put", card);
        return;
      case "remove":
        this.#remove(card);
        return;
      case "undo":
        this.#undo();
        return;
      case "move":
      case "resize": {
        const change = intent.kind === "move" ? moved : resized;
        const went = this.draft.change(this.#parts(), (layout, columns) => change(layout, card, intent.step, columns));
        this.#say(went ? "portal.place" : "portal.stays", card);
        this.requestUpdate();
      }
    }
  }

  #say(text: string, card: string): void {
    const { x = 0, y = 0, w = 0, h = 0 } = this.#shown().find((placed) => placed.card === card) ?? {};
    this.said = t(text, { title: this.#title(card), x: x + 1, y: y + 1, w, h });
  }

  #title(card: string): string {
    return this.cards.find(({ key }) => key === card)?.title ?? card;
  }

  #add(card: WorkbenchCard): void {
    this.draft?.change(this.#parts(), (layout) => withNew(layout, card, this.screen));
    this.said = t("portal.added", { title: card.title });
    this.requestUpdate();
  }

  #remove(card: string): void {
    if (this.kept.pinned.some((pinned) => pinned.card === card)) return;
    const next = this.#neighbour(card);
    this.draft?.change(this.#parts(), (layout, columns) => withoutCard(layout, card, columns));
    this.picked = "";
    this.said = t("portal.removed", { title: this.#title(card) });
    this.requestUpdate();
    // the focus would be lost with the card's button
    void this.updateComplete.then(() => this.#handle(next)?.focus());
  }

  #neighbour(card: string): string {
    const others = this.#order.filter((other) => this.#handle(other) !== null);
    const at = others.indexOf(card);
    return others[at + 1] ?? others[at - 1] ?? "";
  }

  #handle(card: string): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-handle="${CSS.escape(card)}"]`);
  }

  #undo(): void {
    this.draft?.undo();
    this.picked = "";
    this.said = t("portal.undone");
    this.requestUpdate();
  }

  #count(event: Event): void {
    const { card } = (event.target as Element).closest<HTMLElement>("[data-card]")?.dataset ?? {};
    if (card !== undefined && !this.draft) this.#usage?.used(card);
  }

  /** A proposal like any other step: it is seen at once, can be undone, and is kept only when the person is done. */
  async #arrangeByUsage(): Promise<void> {
    try {
      const usage = (await this.#usage?.read()) ?? {};
      const went = this.draft?.change(this.#parts(), (layout, columns) => byUsage(layout, usage, columns));
      announce(t(went === true ? "portal.wasByUsage" : "portal.isByUsage"));
      this.requestUpdate();
    } catch (error) {
      this.error = error;
    }
  }

  async #reset(): Promise<void> {
    if (!(await confirmed({ title: t("portal.reset"), text: t("portal.resetAsk"), action: t("portal.reset") }))) return;
    try {
      await this.#store?.reset();
      this.kept = { ...this.kept, own: undefined };
      this.draft = new Draft(this.#own());
      announce(t("portal.wasReset"));
    } catch (error) {
      this.error = error;
    }
  }

  async #leaveEditing(): Promise<void> {
    const { draft } = this;
    this.#grid?.end();
    this.#grid = undefined;
    this.#order = [];
    this.draft = undefined;
    this.picked = "";
    this.isGalleryOpen = false;
    this.dispatchEvent(new CustomEvent("edited", { bubbles: true, composed: true }));
    if (!draft?.isChanged) return;
    this.kept = { ...this.kept, own: draft.own };
    try {
      announce(t(`portal.${(await this.#store?.save(draft.own)) ?? "saved"}`));
    } catch (error) {
      this.error = error;
    }
  }
}
