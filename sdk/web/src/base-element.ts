import { css, type CSSResultGroup, LitElement } from "lit";
import { controls } from "./controls.js";
import { type LiveEvent, onLiveEvent } from "./live-events.js";

/** Base of every element of ours: shared styles, hints, and loading that survives failure. */
export class JinshuiElement extends LitElement {
  static override styles: CSSResultGroup = [controls];
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLiveEvent((event) => this.onHint(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
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
