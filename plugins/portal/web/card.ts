import { t, type WorkbenchCard } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";

/** How a card is drawn now. */
interface CardState {
  editing: boolean;
  picked: boolean;
  pinned: boolean;
  remove: () => void;
  /** Pins it for everybody, or lets it go; of administrators only. */
  pin?: (() => void) | undefined;
}

/** A card in its frame. While the portal is edited the title moves it, and what is in it takes no part. */
export function drawCard(card: WorkbenchCard, { editing, picked, pinned, remove, pin }: CardState): TemplateResult {
  const { key, title, link, untitled = false, draw } = card;
  const pinner = pin
    ? html`<button
        class="button plain"
        aria-label=${t(pinned ? "portal.unpinOne" : "portal.pinOne", { title })}
        @click=${pin}
      >
        ${t(pinned ? "portal.unpin" : "portal.pin")}
      </button>`
    : nothing;
  const movable = html`<button
      class="button plain handle"
      data-handle=${key}
      aria-label=${t("portal.handle", { title })}
      aria-pressed=${picked}
    >
      <span aria-hidden="true">⠿</span>&nbsp;${title}
    </button>
    <span class="tools">
      ${pinner}
      <button class="button plain" aria-label=${t("portal.removeOne", { title })} @click=${remove}>
        ${t("portal.remove")}
      </button>
    </span>`;
  const named = html`<span>${title}</span
    >${editing && pinned ? html`<span class="tools"><span class="badge">${t("portal.pinned")}</span>${pinner}</span>` : nothing}`;
  const linked = link && !editing ? html`<a href=${link.href}>${link.text}</a>` : nothing;
  return html`<div class="item" data-card=${key}>
    <section class="card grid-stack-item-content ${picked ? "picked" : ""}" aria-label=${title}>
      ${untitled && !editing ? nothing : html`<h2>${editing && !pinned ? movable : html`${named}${linked}`}</h2>`}
      <div class="content" ?inert=${editing}>${draw()}</div>
    </section>
  </div>`;
}
