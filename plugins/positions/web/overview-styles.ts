import { css } from "lit";

/** The overview of positions, on the screen and on paper. */
export const overviewStyles = css`
  .parts {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 12px 24px;
    font-size: 13px;
  }
  .parts .duties {
    grid-column: 1 / -1;
  }
  h3 {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 24px;
    font-size: 13px;
    font-weight: 600;
    color: var(--ji-text-2);
    margin: 0 0 2px;
  }
  h3 .button,
  .duties .button {
    min-height: 24px;
    font-size: 13px;
    font-weight: 400;
  }
  ol,
  ul {
    margin: 0;
    padding-left: 20px;
  }
  li {
    padding: 2px 0;
    overflow-wrap: anywhere;
  }
  li a {
    text-decoration: underline;
  }
  .parts p {
    margin: 0;
  }
  .paper {
    display: none;
  }
  @media (max-width: 1000px) {
    .parts {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media print {
    .paper {
      display: block;
      margin: 0 0 8px;
    }
    .card {
      break-inside: avoid;
    }
    .parts {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
  }
`;
