import { css } from "lit";

/** The list of steps, and the fields beside it. */
export const listStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 420px);
    gap: 12px;
    align-items: start;
  }
  .columns > .side {
    position: sticky;
    top: 0;
    max-height: calc(100vh - 72px);
    overflow-y: auto;
  }
  ol.steps,
  ul.branches {
    list-style: none;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 4px;
  }
  ul.branches {
    margin: 4px 0 4px 16px;
    padding-left: 12px;
    border-left: 2px solid var(--ji-rule);
    gap: 8px;
  }
  ul.branches ol.steps {
    margin: 4px 0 0 16px;
  }
  .item {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
    width: 100%;
    min-height: 36px;
    padding: 5px 10px;
    text-align: left;
    color: var(--ji-text);
    background: var(--ji-surface);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-radius);
  }
  .item.branch,
  .item.fork,
  .item.join,
  .item.jump {
    background: var(--ji-surface-2);
  }
  .item:hover {
    border-color: var(--ji-border);
  }
  .item.chosen {
    border-color: var(--ji-brand);
    background: var(--ji-brand-tint);
  }
  .item .kind {
    color: var(--ji-text-2);
    font-size: var(--ji-small);
    min-width: 2.5em;
  }
  .item .name {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .item.branch .name,
  .item.join .name {
    font-weight: 400;
  }
  .item .summary {
    color: var(--ji-text-2);
    font-size: var(--ji-table);
    overflow-wrap: anywhere;
  }
  .through {
    margin: 2px 0 0 16px;
    color: var(--ji-text-2);
    font-size: var(--ji-small);
  }
  .adding {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    padding: 6px 0 6px 16px;
  }
  .adding .button {
    min-height: 28px;
    padding: 0 8px;
    font-size: var(--ji-table);
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 8px 12px;
    align-items: end;
  }
  .fields .wide,
  .fields .pair,
  .fields fieldset {
    grid-column: 1 / -1;
  }
  .field {
    display: grid;
    gap: 2px;
    font-size: var(--ji-table);
    color: var(--ji-text-2);
    min-width: 0;
  }
  .field .input {
    width: 100%;
    font-size: var(--ji-size);
  }
  .check {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    min-height: 24px;
  }
  .pair,
  .clause {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(90px, 1fr));
    gap: 8px;
    align-items: end;
  }
  fieldset {
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-radius);
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    padding: 4px 8px 6px;
    margin: 0;
    min-width: 0;
  }
  legend {
    font-size: var(--ji-table);
    color: var(--ji-text-2);
  }
  ul.chosen {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin: 4px 0 0;
    padding: 0;
  }
  ul.chosen li {
    display: inline-flex;
    align-items: center;
    padding-left: 8px;
    border-radius: var(--ji-radius);
    color: var(--ji-text);
    background: var(--ji-surface-2);
  }
  ul.problems {
    margin: 0 0 8px;
    padding-left: 18px;
  }
  ul.problems .error {
    color: var(--ji-error);
  }
  ul.problems .warning {
    color: var(--ji-warn);
  }
  .drawing {
    height: 300px;
    background: #fff;
    border-radius: var(--ji-radius);
  }
  @media (width < 1000px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns > .side {
      position: static;
      max-height: none;
    }
  }
`;
