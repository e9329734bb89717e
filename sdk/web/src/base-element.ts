import { css, type CSSResultGroup, LitElement, type PropertyValues } from "lit";
import { controls } from "./controls.js";
import { type LiveEvent, onLiveEvent } from "./live-events.js";
import { pageTitle } from "./page-title.js";

/** Base of every element of ours: shared styles, hints, titles of pages. */
export class JinshuiElement extends LitElement {
  static override styles: CSSResultGroup = [controls];
  #stop: (() => void) | undefined;
  #heading = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLiveEvent((event) => this.onHint(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  /** An element with an `h1` is a page: its heading also is the document's title. */
  protected override updated(_changed: PropertyValues<this>): void {
    const heading = this.renderRoot.querySelector("h1")?.textContent.trim() ?? "";
    if (heading === this.#heading) return;
    this.#heading = heading;
    if (heading !== "") pageTitle(heading);
  }

  /** Called for every hint of the server; elements read again what it concerns. */
  protected onHint(_event: LiveEvent): void {
    // nothing by default
  }
}

export const block = css`
  :host {
    display: block;
  }
`;
