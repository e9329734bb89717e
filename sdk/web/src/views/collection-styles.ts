import { css } from "lit";

/** A record beside the list where there is room for both, and in its place where there is not. */
export const collectionStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    align-items: start;
  }
  .columns.open {
    grid-template-columns: minmax(0, 1fr) 400px;
  }
  .columns.open > section {
    position: sticky;
    top: 8px;
  }
  .columns > section > ji-saved-filters {
    padding: 8px 12px 0;
  }
  .shapes {
    display: inline-flex;
    gap: 4px;
  }
  .button[aria-pressed="true"] {
    background: var(--ji-brand-tint);
    border-color: var(--ji-brand);
    color: var(--ji-brand);
  }
  .paper {
    display: none;
  }
  @media (max-width: 900px) {
    .columns.open {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns.open > section {
      display: none;
    }
  }
  @media print {
    .bar .button,
    ji-list-filters,
    ji-saved-filters,
    ji-column-chooser,
    ji-export-panel {
      display: none;
    }
    .paper {
      display: block;
      margin: 0 0 8px;
    }
    .card {
      border: 0;
    }
    .columns.open {
      grid-template-columns: minmax(0, 1fr);
    }
    /* an open record is what goes onto paper */
    .columns.open > section {
      display: none;
    }
  }
`;
