import { css } from "lit";

/** A card whose form stays folded until somebody wants it. */
export const foldedCard = css`
  .card {
    margin-bottom: 12px;
  }
  summary {
    cursor: pointer;
    padding: 8px 12px;
  }
  form,
  label {
    display: grid;
    gap: 6px;
  }
  form .input {
    max-width: 640px;
  }
  form .button {
    justify-self: start;
  }
`;
