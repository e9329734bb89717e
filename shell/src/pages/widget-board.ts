import type { Contributions } from "@jinshui/contracts";
import { announce, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ShownPlugin } from "../frame/plugin-module.js";
import "./plugin-part.js";

type Shown = ShownPlugin["widgets"][number] & { key: string; plugin: ShownPlugin };

/** Which cards a person has put where; kept in this browser, for each person. */
interface Arrangement {
  order: string[];
  hidden: string[];
}

/** The cards that plugins bring to the workbench. A person moves them with the mouse or with buttons, and hides what is not needed. */
@customElement("ji-widgets")
export class WidgetBoard extends JinshuiElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        margin-top: 12px;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 12px;
        align-items: start;
      }
      .medium {
        grid-column: span 2;
      }
      .large {
        grid-column: span 3;
      }
      .card[draggable="true"] {
        cursor: move;
        border-style: dashed;
      }
      .tools {
        display: flex;
        gap: 2px;
      }
      .hidden-ones {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        margin-top: 12px;
      }
      @media (max-width: 1000px) {
        .grid {
          grid-template-columns: minmax(0, 1fr);
        }
        .medium,
        .large {
          grid-column: auto;
        }
      }
    `,
  ];
  /** Id of who looks. */
  @property() person = "";
  @property({ attribute: false }) contributions: Contributions = { revision: "", plugins: [] };
  @state() private arrangement: Arrangement = { order: [], hidden: [] };
  @state() private arranging = false;
  #dragged = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("person")) this.arrangement = readArrangement(this.person);
  }

  override render(): TemplateResult | typeof nothing {
    const all = this.#all();
    if (all.length === 0) return nothing;
    const { hidden } = this.arrangement;
    const shown = all.filter(({ key }) => !hidden.includes(key));
    return html`<div class="bar">
        <h2>${t("widgets.title")}</h2>
        <span class="space"></span>
        <button class="button plain" aria-pressed=${this.arranging} @click=${() => (this.arranging = !this.arranging)}>
          ${t(this.arranging ? "widgets.done" : "widgets.arrange")}
        </button>
      </div>
      <div class="grid">
        ${repeat(
          shown,
          ({ key }) => key,
          (widget, index) => this.#card(widget, index, shown),
        )}
      </div>
      ${this.arranging || shown.length === 0 ? this.#hiddenOnes(all.filter(({ key }) => hidden.includes(key))) : nothing}`;
  }

  #card(widget: Shown, index: number, shown: readonly Shown[]): TemplateResult {
    const { key, plugin, id, element, size = "small" } = widget;
    const title = local(widget.title);
    return html`<section
      class="card ${size}"
      aria-label=${title}
      draggable=${this.arranging}
      @dragstart=${() => (this.#dragged = key)}
      @dragover=${(event: Event) => this.#dragged !== "" && event.preventDefault()}
      @drop=${() => this.#drop(key)}
    >
      <h2>
        <span>${title}</span>
        ${
          this.arranging
            ? html`<span class="tools">
                <button
                  class="button plain"
                  ?disabled=${index === 0}
                  aria-label=${t("widgets.before", { title })}
                  @click=${(event: Event) => this.#move(event, widget, -1)}
                >
                  ←
                </button>
                <button
                  class="button plain"
                  ?disabled=${index === shown.length - 1}
                  aria-label=${t("widgets.after", { title })}
                  @click=${(event: Event) => this.#move(event, widget, 1)}
                >
                  →
                </button>
                <button
                  class="button plain"
                  aria-label=${t("widgets.hideOne", { title })}
                  @click=${() => this.#hide(widget, true)}
                >
                  ${t("widgets.hide")}
                </button>
              </span>`
            : nothing
        }
      </h2>
      <div class="body">
        <ji-plugin-part .plugin=${plugin} use="widget-${id}" name=${element}></ji-plugin-part>
      </div>
    </section>`;
  }

  #hiddenOnes(hidden: readonly Shown[]): TemplateResult | typeof nothing {
    if (hidden.length === 0) return nothing;
    return html`<div class="hidden-ones" role="group" aria-label=${t("widgets.hidden")}>
      <span class="quiet">${t("widgets.hidden")}</span>
      ${hidden.map((widget) => html`<button class="button" @click=${() => this.#hide(widget, false)}>${t("widgets.show", { title: local(widget.title) })}</button>`)}
    </div>`;
  }

  /** As the person has put them; what is new comes last, as the plugins say. */
  #all(): Shown[] {
    const all = this.contributions.plugins.flatMap((plugin) =>
      plugin.widgets.map((widget): Shown => ({ ...widget, plugin, key: `${plugin.id}.${widget.id}` })),
    );
    const place = ({ key }: Shown): number => {
      const at = this.arrangement.order.indexOf(key);
      return at < 0 ? this.arrangement.order.length : at;
    };
    return all.sort((a, b) => place(a) - place(b) || (a.order ?? 50) - (b.order ?? 50));
  }

  #move(event: Event, widget: Shown, by: -1 | 1): void {
    const button = event.currentTarget as HTMLElement;
    const shown = this.#all().filter(({ key }) => !this.arrangement.hidden.includes(key));
    const neighbour = shown[shown.findIndex(({ key }) => key === widget.key) + by];
    if (!neighbour) return;
    this.#put(widget.key, neighbour.key);
    announce(t("widgets.moved", { title: local(widget.title), n: shown.indexOf(neighbour) + 1 }));
    // the card has moved with its button, which keeps the focus
    void this.updateComplete.then(() => button.focus());
  }

  #drop(target: string): void {
    if (this.#dragged !== "" && this.#dragged !== target) this.#put(this.#dragged, target);
    this.#dragged = "";
  }

  /** Puts a card where another one is, which makes room. */
  #put(key: string, target: string): void {
    const order = this.#all().map((widget) => widget.key);
    const [from, to] = [order.indexOf(key), order.indexOf(target)];
    order.splice(from, 1);
    order.splice(to, 0, key);
    this.#keep({ ...this.arrangement, order });
  }

  #hide({ key }: Shown, hide: boolean): void {
    const others = this.arrangement.hidden.filter((other) => other !== key);
    this.#keep({ ...this.arrangement, hidden: hide ? [...others, key] : others });
  }

  #keep(arrangement: Arrangement): void {
    this.arrangement = arrangement;
    localStorage.setItem(`jinshui.widgets.${this.person}`, JSON.stringify(arrangement));
  }
}

function readArrangement(person: string): Arrangement {
  const none: Arrangement = { order: [], hidden: [] };
  try {
    return {
      ...none,
      ...(JSON.parse(localStorage.getItem(`jinshui.widgets.${person}`) ?? "{}") as Partial<Arrangement>),
    };
  } catch {
    return none;
  }
}
