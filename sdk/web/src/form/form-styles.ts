import { css, unsafeCSS } from "lit";

const spans = Array.from({ length: 12 }, (_, index) => `.grid > .span-${index + 1}{grid-column:span ${index + 1}}`);

/** How forms look: a grid of twelve columns that folds to one where there is little room, in a window as in a preview. */
export const formStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    gap: 4px 16px;
  }
  .grid > * {
    grid-column: span 12;
    min-width: 0;
  }
  ${unsafeCSS(spans.join("\n"))}
  .grid > h3 {
    font-size: var(--ji-size);
    font-weight: 600;
    margin: 8px 0 0;
  }
  .grid > hr {
    border: 0;
    border-top: 1px solid var(--ji-rule);
    width: 100%;
  }
  .grid > p {
    margin: 4px 0;
    white-space: pre-line;
  }
  vaadin-text-field,
  vaadin-text-area,
  vaadin-number-field,
  vaadin-combo-box,
  vaadin-date-picker,
  vaadin-date-time-picker {
    width: 100%;
  }
  dl.facts {
    margin-bottom: 8px;
  }
  .summary {
    border: 1px solid var(--ji-error);
    color: var(--ji-error);
    background: var(--ji-error-tint);
    border-radius: var(--ji-radius);
    padding: 8px 12px;
    margin-bottom: 8px;
  }
  .summary p {
    margin: 0;
    font-weight: 600;
  }
  .summary ul {
    margin: 4px 0 0;
    padding-left: 20px;
  }
  .summary a {
    color: inherit;
    text-decoration: underline;
  }
  .note {
    color: var(--ji-text-2);
    font-size: var(--ji-small);
    margin: 0 0 4px;
  }
  .opinions {
    list-style: none;
    margin: 4px 0 0;
    padding: 0;
  }
  .opinions .by {
    color: var(--ji-text-2);
    font-size: var(--ji-small);
  }
  .rows {
    overflow-x: auto;
    margin-top: 6px;
  }
  .rows .label {
    font-size: 13px;
    font-weight: 500;
    color: var(--ji-text-2);
    margin: 0 0 2px;
  }
  .rows table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--ji-table);
  }
  .rows th {
    text-align: left;
    font-weight: 600;
    color: var(--ji-text-2);
    white-space: nowrap;
  }
  .rows th,
  .rows td {
    padding: 2px 4px;
    border-bottom: 1px solid var(--ji-rule);
    vertical-align: top;
  }
  .rows td.value {
    padding: 7px 4px;
  }
  .rows .end {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .rows td.order {
    padding-top: 9px;
    color: var(--ji-text-2);
  }
  .rows .problem {
    color: var(--ji-error);
    font-size: var(--ji-small);
    margin: 2px 0;
  }
  .rows.entry td > *::part(label) {
    position: absolute;
    clip-path: inset(50%);
    white-space: nowrap;
    width: 1px;
    height: 1px;
    overflow: hidden;
  }
  .rows.entry td > * {
    padding-top: 0;
    min-width: 96px;
  }
  @container (max-width: 600px) {
    .grid > * {
      grid-column: span 12 !important;
    }
    .rows.entry thead {
      display: none;
    }
    .rows.entry tr,
    .rows.entry td,
    .rows.entry table,
    .rows.entry tbody,
    .rows.entry tfoot {
      display: block;
    }
    .rows.entry tr {
      border: 1px solid var(--ji-rule);
      border-radius: var(--ji-radius);
      padding: 4px 8px;
      margin-bottom: 8px;
    }
    .rows.entry td {
      border: 0;
      height: auto;
      overflow: visible;
    }
    .rows.entry td:empty {
      display: none;
    }
    .rows.entry td > *::part(label) {
      position: static;
      clip-path: none;
      width: auto;
      height: auto;
    }
    .rows.entry [data-label]::before {
      content: attr(data-label) "：";
      color: var(--ji-text-2);
    }
  }
`;
