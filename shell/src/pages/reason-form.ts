import { css, html } from "lit";

/** Forms in cards that take a reason, which goes to the audit trail. */
export const reasonFormStyles = css`
  form {
    display: flex;
    gap: 8px;
    flex-wrap: wrap;
    align-items: end;
    margin-top: 8px;
  }
  form label {
    flex: 1 1 200px;
    display: grid;
    gap: 4px;
  }
  form vaadin-combo-box {
    flex: 1 1 200px;
    padding: 0;
  }
  li,
  h2 {
    overflow-wrap: anywhere;
  }
`;

/** The reason itself. */
export const reasonField = html`<input
  class="input"
  name="reason"
  required
  minlength="2"
  maxlength="200"
  autocomplete="off"
/>`;
