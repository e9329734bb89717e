import { addTexts, JinshuiElement, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { trialTexts } from "../../texts/trial-texts.js";
import "../versions/process-list.js";

addTexts(trialTexts);

/** Processes that can be tried by those who know the business and release none themselves. */
@customElement("ji-testable-page")
export class TestablePage extends JinshuiElement {
  override render(): TemplateResult {
    return html`<div class="bar"><h1 tabindex="-1">${t("trials.list")}</h1></div>
      <ji-process-list ?trialsOnly=${true}></ji-process-list>`;
  }
}
