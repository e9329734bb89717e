import { JinshuiElement } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

export const sectionStyles = css`
  .card {
    margin-bottom: 0;
  }
  form {
    display: grid;
    gap: 10px;
  }
  label {
    display: grid;
    gap: 4px;
    color: var(--ji-text-2);
    font-size: 13px;
  }
  .input {
    width: 100%;
  }
  p {
    margin: 0 0 10px;
  }
  .done {
    color: var(--ji-ok);
  }
`;

/** A part of the account page: does one thing at a time, and says how it went. */
export abstract class Section extends JinshuiElement {
  @state() protected error: unknown;
  @state() protected busy = false;
  @state() protected done = "";

  protected outcome(): TemplateResult {
    return html`<ji-error .error=${this.error}></ji-error>
      <div role="status">${this.done === "" ? nothing : html`<p class="done">${this.done}</p>`}</div>`;
  }

  /** `work` returns what to say when it went well. */
  protected async act(work: () => Promise<string>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    this.done = "";
    try {
      this.done = await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}
