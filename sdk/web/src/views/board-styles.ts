import { css } from "lit";

/** Columns side by side where there is room, one below the other where there is not. */
export const boardStyles = css`
  .lanes {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: minmax(200px, 1fr);
    gap: 8px;
    padding: 8px 12px 12px;
    overflow-x: auto;
    align-items: start;
  }
  section {
    background: var(--ji-surface-2);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-card-radius);
    padding: 8px;
    min-width: 0;
  }
  section.over {
    outline: 2px dashed var(--ji-brand);
    outline-offset: -2px;
  }
  h2 {
    display: flex;
    justify-content: space-between;
    margin-bottom: 8px;
  }
  h2 .quiet {
    font-weight: 400;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 8px;
    max-height: calc(100vh - 300px);
    overflow-y: auto;
  }
  li {
    background: var(--ji-surface);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-radius);
    padding: 8px;
    overflow-wrap: anywhere;
  }
  li[draggable="true"] {
    cursor: grab;
  }
  li[aria-current="true"] {
    border-color: var(--ji-brand);
    background: var(--ji-brand-tint);
  }
  li.moving {
    opacity: 0.6;
  }
  li a {
    display: block;
    font-weight: 600;
  }
  li select {
    margin-top: 6px;
    width: 100%;
    height: 28px;
    font-size: var(--ji-small);
  }
  .note {
    margin: 0;
    padding: 8px 12px 0;
    font-size: var(--ji-small);
  }
  section .note {
    padding: 4px 0;
  }
  @media (max-width: 900px) {
    .lanes {
      grid-auto-flow: row;
      grid-auto-columns: auto;
      overflow-x: visible;
    }
    ul {
      max-height: none;
    }
  }
  @media print {
    .lanes {
      overflow: visible;
    }
    ul {
      max-height: none;
      overflow: visible;
    }
    li {
      break-inside: avoid;
    }
    li select,
    .button {
      display: none;
    }
  }
`;
