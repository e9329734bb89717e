import { t, type WorkbenchCard } from "@jinshui/web";
import { html, type TemplateResult } from "lit";

/** Cards that are not on the portal, each with who brings it. */
export function gallery(cards: readonly WorkbenchCard[], add: (card: WorkbenchCard) => void): TemplateResult {
  return html`<section class="card gallery" aria-label=${t("portal.gallery")}>
    <h2>${t("portal.gallery")}</h2>
    ${
      cards.length === 0
        ? html`<ji-empty text=${t("portal.galleryEmpty")}></ji-empty>`
        : html`<ul>
            ${cards.map(
              (card) =>
                html`<li>
                  <button class="button" @click=${() => add(card)}>
                    ${card.title}&nbsp;<span class="quiet small">${card.source}</span>
                  </button>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
