import { css } from "lit";

/** Buttons, links, tables, badges and cards as the whole platform draws them. */
export const controls = css`
  * {
    box-sizing: border-box;
  }
  :host {
    color: var(--ji-text);
  }
  a {
    color: var(--ji-brand);
    text-decoration: none;
  }
  a:hover,
  p a,
  ji-empty a {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--ji-brand);
    outline-offset: 2px;
  }
  /* the whole field wears the ring */
  [focused] > :focus-visible {
    outline: none;
  }
  [focused]::part(input-field) {
    outline: 2px solid var(--ji-brand);
    outline-offset: 1px;
  }
  h1 {
    font-size: var(--ji-title);
    line-height: 26px;
    font-weight: 600;
    margin: 0;
  }
  h1:focus {
    outline: none;
  }
  h2 {
    font-size: var(--ji-size);
    font-weight: 600;
    margin: 0;
  }
  button {
    font: inherit;
    cursor: pointer;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-height: 32px;
    padding: 0 12px;
    border: 1px solid var(--ji-border);
    background: var(--ji-surface);
    color: var(--ji-text);
    border-radius: var(--ji-radius);
    white-space: nowrap;
  }
  .button:hover:not(:disabled) {
    background: var(--ji-surface-2);
  }
  .button.primary {
    background: var(--ji-brand);
    border-color: var(--ji-brand);
    color: var(--ji-on-brand);
  }
  .button.primary:hover:not(:disabled) {
    filter: brightness(1.08);
    background: var(--ji-brand);
  }
  .button.danger {
    color: var(--ji-error);
    border-color: var(--ji-error);
  }
  .button.plain {
    border-color: transparent;
    background: none;
    color: var(--ji-brand);
    padding: 0 6px;
  }
  .button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  .bar {
    display: flex;
    gap: 8px;
    align-items: center;
    margin-bottom: 12px;
    flex-wrap: wrap;
  }
  .bar .space {
    flex: 1;
  }
  .card {
    background: var(--ji-surface);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-card-radius);
    min-width: 0;
  }
  .card > h2,
  .card > .head {
    padding: 9px 12px;
    border-bottom: 1px solid var(--ji-rule);
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: 8px;
  }
  .card > h2 a,
  .card > .head a {
    font-weight: 400;
    font-size: 13px;
  }
  .card > .body {
    padding: 12px;
  }
  .card > .body > p:first-child {
    margin-top: 0;
  }
  .scroll {
    overflow-x: auto;
    /* holds what is placed absolutely within */
    position: relative;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--ji-table);
    line-height: 20px;
  }
  th {
    font-weight: 400;
    color: var(--ji-text-2);
    text-align: left;
    background: var(--ji-surface-2);
    height: 32px;
    padding: 0 8px;
    border-bottom: 1px solid var(--ji-rule);
    white-space: nowrap;
  }
  td {
    height: 36px;
    padding: 0 8px;
    border-bottom: 1px solid var(--ji-rule);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 320px;
  }
  td.number,
  th.number {
    text-align: right;
  }
  td.quiet {
    color: var(--ji-text-2);
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  tr.link {
    cursor: pointer;
  }
  tr.link:hover td {
    background: var(--ji-surface-2);
  }
  .badge {
    display: inline-block;
    font-size: var(--ji-small);
    line-height: 20px;
    padding: 0 6px;
    border-radius: 3px;
    white-space: nowrap;
    color: var(--ji-text-2);
    background: var(--ji-surface-2);
  }
  .badge.ok {
    color: var(--ji-ok);
    background: var(--ji-ok-tint);
  }
  .badge.warn {
    color: var(--ji-warn);
    background: var(--ji-warn-tint);
  }
  .badge.error {
    color: var(--ji-error);
    background: var(--ji-error-tint);
  }
  .tabs {
    display: flex;
    gap: 4px;
    padding: 6px 12px;
    border-bottom: 1px solid var(--ji-rule);
    background: var(--ji-surface-2);
    flex-wrap: wrap;
  }
  .tabs button {
    border: 0;
    background: none;
    font-size: 13px;
    padding: 3px 10px;
    border-radius: var(--ji-radius);
    color: var(--ji-text-2);
  }
  .tabs button[aria-pressed="true"] {
    background: var(--ji-brand-tint);
    color: var(--ji-brand);
    font-weight: 600;
  }
  .quiet {
    color: var(--ji-text-2);
  }
  .small {
    font-size: var(--ji-small);
  }
  .nowrap {
    white-space: nowrap;
  }
  .input {
    height: 32px;
    border: 1px solid var(--ji-border);
    border-radius: var(--ji-radius);
    background: var(--ji-surface);
    color: var(--ji-text);
    font: inherit;
    padding: 0 8px;
    min-width: 0;
  }
  .foot {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: 6px 12px;
    border-top: 1px solid var(--ji-rule);
    color: var(--ji-text-2);
    font-size: 13px;
    min-height: 40px;
  }
  dl.facts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(280px, 1fr));
    gap: 8px 24px;
    margin: 0;
  }
  dl.facts > div {
    display: grid;
    grid-template-columns: 8em 1fr;
    gap: 8px;
  }
  dl.facts > div.wide {
    grid-column: 1 / -1;
  }
  dl.facts dt {
    color: var(--ji-text-2);
    text-align: right;
  }
  dl.facts dd {
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* where colours are the system's, what is chosen has a border of its own */
  @media (forced-colors: active) {
    .button[aria-pressed="true"],
    .tabs button[aria-pressed="true"] {
      border: 2px solid Highlight;
    }
    tr[aria-selected="true"] td {
      border-block: 2px solid Highlight;
    }
    .badge,
    .button.primary {
      border: 1px solid;
    }
    .button:disabled {
      color: GrayText;
      opacity: 1;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .button {
      transition: background 0.12s;
    }
  }
`;
