import { css, unsafeCSS } from "lit";

/** Height of a row of the grid, and what lies between cards, in px. */
export const ROW_HEIGHT = 40;
export const CARD_GAP = 12;

/** The cards' grid, when it is looked at and when it is edited. */
export const portalStyle = css`
  :host {
    display: block;
  }
  .cards:not(.grid-stack) {
    display: grid;
    grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
    grid-auto-rows: minmax(${unsafeCSS(ROW_HEIGHT)}px, auto);
    gap: ${unsafeCSS(CARD_GAP)}px;
  }
  .cards.grid-stack {
    margin: 0 -${unsafeCSS(CARD_GAP / 2)}px;
    min-height: 120px;
  }
  .cards.grid-stack .card {
    border-style: dashed;
    border-color: var(--ji-border);
  }
  .cards.grid-stack .card > h2 {
    padding: 3px 12px;
    min-height: 40px;
  }
  .item {
    min-width: 0;
  }
  .item > .card {
    overflow: hidden;
  }
  .cards:not(.grid-stack) > .item > .card {
    height: 100%;
  }
  .content > ji-plugin-part {
    display: block;
    padding: 12px;
  }
  .card.picked {
    outline: 2px solid var(--ji-brand);
    outline-offset: -2px;
  }
  .handle {
    cursor: move;
    touch-action: none;
    min-width: 0;
    justify-content: flex-start;
    overflow: hidden;
    text-overflow: ellipsis;
    font-weight: 600;
  }
  .card > h2 {
    min-width: 0;
  }
  .card > h2 > span:first-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 2px;
    flex: none;
  }
  .grid-stack-placeholder > .placeholder-content {
    background: var(--ji-brand-tint);
    border: 1px dashed var(--ji-brand);
    border-radius: var(--ji-card-radius);
  }
  .gallery {
    margin-bottom: 12px;
  }
  .gallery ul {
    list-style: none;
    margin: 0;
    padding: 12px;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .hint {
    color: var(--ji-text-2);
    font-size: var(--ji-small);
  }
  p.hint {
    margin: 0 0 8px;
  }
`;
