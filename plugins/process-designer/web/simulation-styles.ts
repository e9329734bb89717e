import { css } from "lit";

/** Where a simulated matter stands, and what waits there. */
export const simulationStyles = css`
  .drawing .passed:not(.djs-connection) .djs-visual > :nth-child(1) {
    stroke: #146c3a !important;
    fill: #e6f4ec !important;
  }
  .drawing .active:not(.djs-connection) .djs-visual > :nth-child(1) {
    stroke: #1457a8 !important;
    fill: #cfe1f7 !important;
    stroke-width: 3px !important;
  }
  .waiting {
    display: grid;
    gap: 8px;
    margin-top: 12px;
    padding-top: 12px;
    border-top: 1px solid var(--ji-rule);
  }
  .waiting h3 {
    margin: 0;
    font-size: var(--ji-size);
    font-weight: 600;
  }
  .waiting .bar {
    margin: 0;
  }
`;
