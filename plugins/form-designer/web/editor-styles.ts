import { css, unsafeCSS } from "lit";

const spans = Array.from({ length: 12 }, (_, index) => `.grid > .span-${index + 1}{grid-column:span ${index + 1}}`);

/** Palette, canvas and panel beside each other, one below the other where there is little room. */
export const editorStyles = css`
  .design {
    display: grid;
    grid-template-columns: 150px minmax(0, 1fr) 300px;
    gap: 12px;
    align-items: start;
  }
  .palette,
  .properties {
    position: sticky;
    top: 12px;
    max-height: calc(100vh - 24px);
    overflow-y: auto;
  }
  .kinds {
    display: grid;
    gap: 4px;
    padding: 8px;
  }
  .kind {
    justify-content: start;
    cursor: grab;
  }
  .canvas {
    padding: 8px 12px 12px;
  }
  .canvas > p {
    margin: 0 0 8px;
  }
  .empty {
    text-align: center;
    padding: 24px 0;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    gap: 8px;
    list-style: none;
    margin: 0;
    padding: 0 0 32px;
  }
  .grid > li {
    min-width: 0;
  }
  ${unsafeCSS(spans.join("\n"))}
  .item {
    display: grid;
    gap: 2px;
    width: 100%;
    height: 100%;
    min-height: 48px;
    padding: 6px 10px;
    text-align: left;
    color: var(--ji-text);
    background: var(--ji-surface-2);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-radius);
    cursor: grab;
    overflow-wrap: anywhere;
  }
  .item[aria-pressed="true"] {
    border-color: var(--ji-brand);
    background: var(--ji-brand-tint);
  }
  .item.over {
    box-shadow: -4px 0 0 var(--ji-brand);
  }
  .item .name {
    font-weight: 600;
  }
  .properties .body,
  fieldset {
    display: grid;
    gap: 8px;
  }
  fieldset {
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-radius);
    margin: 0;
    padding: 8px;
    min-width: 0;
  }
  legend {
    padding: 0 4px;
    color: var(--ji-text-2);
  }
  label {
    display: grid;
    gap: 2px;
  }
  label.check {
    display: flex;
    gap: 6px;
    align-items: center;
  }
  .term {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .term > .input,
  .term > label {
    flex: 1 1 84px;
    min-width: 0;
  }
  .properties .input {
    width: 100%;
    min-width: 0;
  }
  .properties textarea {
    min-height: 88px;
    font: inherit;
  }
  .column {
    justify-content: space-between;
  }
  code {
    overflow-wrap: anywhere;
  }
  .title {
    flex: 1 1 160px;
    max-width: 320px;
  }
  .frame {
    padding: 12px;
    background: var(--ji-surface);
    border: 1px solid var(--ji-rule);
    border-radius: var(--ji-card-radius);
    max-width: 1200px;
  }
  .frame.phone {
    width: 360px;
    max-width: 100%;
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: end;
    margin-bottom: 12px;
  }
  .differences {
    margin: 8px 0;
    padding-left: 20px;
  }
  .sheet {
    background: #fff;
    color: #000;
    padding: 24px;
    max-width: 794px;
    border: 1px solid var(--ji-rule);
  }
  .sheet h2 {
    text-align: center;
    font-size: var(--ji-title);
    margin: 0 0 12px;
  }
  .sheet .cells {
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    border: solid #000;
    border-width: 1px 0 0 1px;
  }
  .sheet .cells > * {
    grid-column: span 12;
    min-height: 36px;
    padding: 6px 8px;
    border: solid #000;
    border-width: 0 1px 1px 0;
  }
  ${unsafeCSS(spans.join("\n").replaceAll(".grid", ".sheet .cells"))}
  .sheet table {
    width: 100%;
    border-collapse: collapse;
  }
  .sheet th,
  .sheet td {
    border: 1px solid #000;
    padding: 4px;
    height: 24px;
    background: none;
    color: inherit;
  }
  .sheet .capitals {
    margin-left: 40%;
  }
  .sheet .tall {
    min-height: 96px;
  }
  @media (max-width: 1000px) {
    .design {
      grid-template-columns: minmax(0, 1fr);
    }
    .palette,
    .properties {
      position: static;
      max-height: none;
    }
    .kinds {
      grid-template-columns: repeat(auto-fill, minmax(96px, 1fr));
    }
  }
  @media (max-width: 600px) {
    .grid > li {
      grid-column: span 12 !important;
    }
  }
  @media print {
    .bar,
    .tabs,
    .controls {
      display: none;
    }
    .sheet {
      border: 0;
      padding: 0;
      max-width: none;
    }
  }
`;
