import { storageApi, type StoredRecord } from "@jinshui/contracts";
import { block, client, controls, JinshuiElement, type LiveEvent, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import "./texts.js";

const SHOWN = 6;

/** What the bureau announces today: important things first, each with its text to unfold. */
export class AnnouncementsCard extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      details {
        padding: 6px 0;
        border-bottom: 1px solid var(--ji-rule);
        font-size: 13px;
      }
      details:last-child {
        border: 0;
      }
      summary {
        cursor: pointer;
        display: flex;
        gap: 8px;
        justify-content: space-between;
      }
      p {
        margin: 6px 0 0;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
    `,
  ];
  @state() private announcements: StoredRecord[] | undefined;
  @state() private error: unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^portal\.announcement-changed$|^hello$/.test(name)) void this.#load();
  }

  override render(): TemplateResult {
    return html`<ji-error .error=${this.error}></ji-error>
      ${this.announcements?.length === 0 ? html`<ji-empty text=${t("portal.noAnnouncements")}></ji-empty>` : nothing}
      ${this.announcements?.map(
        ({ values }) =>
          html`<details>
            <summary>
              <span>
                ${values["important"] === true ? html`<span class="badge warn">${t("portal.important")}</span>` : nothing}
                ${values["title"]}
              </span>
              <span class="quiet small nowrap">${values["from"]}</span>
            </summary>
            <p>${values["text"]}</p>
          </details>`,
      )}`;
  }

  async #load(): Promise<void> {
    const today = localDay(new Date());
    try {
      const { records } = await client(storageApi).find({
        collection: "portal.announcement",
        filter: { from: { lte: today }, or: [{ until: { gte: today } }, { until: { empty: true } }] },
        sort: ["-important", "-from"],
        limit: SHOWN,
        total: "none",
      });
      this.announcements = records;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}

function localDay(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
