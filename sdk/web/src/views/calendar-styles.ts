import { css } from "lit";

/** Seven columns that share the width; entries are one line each. */
export const calendarStyles = css`
  .tools {
    display: flex;
    gap: 8px;
    align-items: center;
    flex-wrap: wrap;
    padding: 8px 12px;
  }
  .tools h2 {
    flex: 1;
  }
  .button[aria-pressed="true"] {
    background: var(--ji-brand-tint);
    border-color: var(--ji-brand);
    color: var(--ji-brand);
  }
  .note {
    margin: 0;
    padding: 0 12px 8px;
    color: var(--ji-warn);
    font-size: var(--ji-small);
  }
  .grid {
    overflow: auto;
    /* holds what is placed absolutely within */
    position: relative;
  }
  table {
    table-layout: fixed;
    min-width: 640px;
  }
  th {
    text-align: center;
  }
  td {
    height: 74px;
    vertical-align: top;
    padding: 4px;
    border-right: 1px solid var(--ji-rule);
    max-width: none;
  }
  .week td {
    height: 360px;
  }
  td.outside {
    background: var(--ji-surface-2);
  }
  td.outside time {
    color: var(--ji-hint);
  }
  td.today time {
    background: var(--ji-brand);
    color: var(--ji-on-brand);
    border-radius: var(--ji-radius);
    padding: 0 6px;
    font-weight: 600;
  }
  ul {
    list-style: none;
    margin: 2px 0 0;
    padding: 0;
    display: grid;
    gap: 2px;
  }
  li a {
    display: block;
    min-height: 24px;
    line-height: 24px;
    padding: 0 4px;
    border-left: 3px solid var(--ji-chart-1);
    background: var(--ji-brand-tint);
    color: var(--ji-text);
    font-size: var(--ji-small);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  li a[aria-current="true"] {
    outline: 1px solid var(--ji-brand);
  }
  li.kind1 a {
    border-left-color: var(--ji-chart-2);
  }
  li.kind2 a {
    border-left-color: var(--ji-chart-3);
  }
  li.kind3 a {
    border-left-color: var(--ji-chart-4);
  }
  td .button {
    min-height: 24px;
    font-size: var(--ji-small);
  }
  .agenda {
    margin: 0;
    padding: 0 12px 12px;
  }
  .agenda dt {
    font-weight: 600;
    margin-top: 8px;
  }
  .agenda dd {
    margin: 0;
  }
  .agenda li a {
    font-size: var(--ji-table);
    white-space: normal;
  }
  @media print {
    .tools .button {
      display: none;
    }
    table {
      min-width: 0;
    }
    .week td {
      height: 92px;
    }
    .grid {
      overflow: visible;
    }
  }
`;
