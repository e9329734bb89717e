import { auditApi, type AuditApi, type AuditRecord, type AuditVerification, type OpInput } from "@jinshui/contracts";
import { client, dateTime, hasText, t } from "@jinshui/web";
import { fieldTemplate } from "@jinshui/web/form";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { differenceTable } from "./difference.js";
import { More } from "./more.js";
import { entered, instantOf, SecurityPage } from "./page.js";
import { verificationCard } from "./verification-card.js";

const RESULTS = ["ok", "denied", "failed"] as const;
const TONES = { ok: "ok", denied: "error", failed: "warn" } as const;
const POLL_MS = 700;
type Filters = OpInput<AuditApi, "export">;

/** The audit trail: search, one entry in full, export, and a look at the whole chain. */
export class AuditPage extends SecurityPage {
  static override styles = [
    SecurityPage.styles,
    css`
      tr.details td {
        background: var(--ji-surface-2);
        white-space: normal;
        max-width: none;
        padding: 12px;
      }
      .difference {
        margin-top: 12px;
      }
      .difference td {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        vertical-align: top;
        padding: 6px 8px;
      }
      del {
        color: var(--ji-error);
      }
      ins {
        color: var(--ji-ok);
      }
      td .button.plain {
        text-align: left;
        min-height: 24px;
      }
      progress {
        width: 100%;
      }
      .person {
        width: 190px;
      }
      .person > * {
        width: 100%;
        padding: 0;
      }
    `,
  ];
  @state() private query = new URLSearchParams();
  @state() private person = "";
  @state() private shown = "";
  @state() private exported: number | undefined;
  @state() private verification: AuditVerification | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #entries = new More<AuditRecord>(
    async (page) => {
      const { entries, ...rest } = await client(auditApi).list({ ...this.#filters(), ...page });
      return { items: entries, ...rest };
    },
    () => this.requestUpdate(),
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override async load(query: URLSearchParams): Promise<void> {
    this.query = query;
    this.person = query.get("actor") ?? "";
    this.shown = "";
    await this.#entries.load();
    await this.#follow();
  }

  #filters(): Filters {
    const text = (name: string): Record<string, string> => {
      const value = this.query.get(name);
      return value === null ? {} : { [name]: value };
    };
    const result = RESULTS.find((known) => known === this.query.get("result"));
    const [from, to] = [instantOf(this.query.get("from")), instantOf(this.query.get("to"))];
    return {
      ...text("actor"),
      ...text("action"),
      ...text("resource"),
      ...text("address"),
      ...(result === undefined ? {} : { result }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
  }

  override render(): TemplateResult {
    const isRunning = this.verification?.state === "running";
    const actions = html`<span role="status" class="quiet small"
        >${this.exported === undefined ? "" : t("security-center.exporting", { n: this.exported })}</span
      >
      <button class="button" ?disabled=${this.exported !== undefined} @click=${() => this.#export()}>
        ${t("security-center.export")}
      </button>
      <button class="button" ?disabled=${isRunning} @click=${() => this.#verify()}>
        ${t("security-center.verify")}
      </button>`;
    return html`${this.head(t("security-center.audit"), actions)} ${verificationCard(this.verification)}
      <section class="card">
        ${this.#form()} ${this.#table()}
        ${this.#entries.foot(t("security-center.noEntries"), (error) => (this.error = error))}
      </section>`;
  }

  #form(): TemplateResult {
    const input = (name: string, type = "text"): TemplateResult => {
      const value = this.query.get(name) ?? "";
      const local = type === "text" || !value.endsWith("Z") ? value : dateTime(value).replace(" ", "T");
      return html`<label
        >${t(`security-center.${name}`)}<input class="input" type=${type} name=${name} maxlength="150" .value=${local}
      /></label>`;
    };
    const picker = fieldTemplate(
      { key: "actor", label: t("security-center.person"), kind: "person", required: false },
      this.person === "" || this.person.includes(":") ? undefined : this.person,
      undefined,
      (value) => (this.person = typeof value === "string" ? value : ""),
    );
    return html`<form
      class="filters"
      role="search"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        this.show({ ...entered(event.target as HTMLFormElement), actor: this.person });
      }}
    >
      ${input("from", "datetime-local")} ${input("to", "datetime-local")}
      <div class="person">${picker}</div>
      ${input("action")} ${input("resource")} ${input("address")}
      <label
        >${t("security-center.result")}<select class="input" name="result">
          <option value="">${t("security-center.any")}</option>
          ${RESULTS.map(
            (result) =>
              html`<option value=${result} ?selected=${this.query.get("result") === result}>
                ${t(`security-center.result.${result}`)}
              </option>`,
          )}
        </select></label
      >
      <button class="button primary">${t("action.search")}</button>
      <button class="button" type="button" @click=${() => this.show({})}>${t("action.clear")}</button>
    </form>`;
  }

  #table(): TemplateResult | typeof nothing {
    const { items } = this.#entries;
    if (items.length === 0) return nothing;
    return this.table(
      t("security-center.audit"),
      ["time", "person", "action", "resource", "result", "address"].map((key) => t(`security-center.${key}`)),
      items.map((entry, index) => this.#row(entry, `${index}`)),
    );
  }

  #row(entry: AuditRecord, key: string): TemplateResult {
    const { at, actor, onBehalfOf, action, resource, result, address } = entry;
    const isShown = this.shown === key;
    const who = onBehalfOf ? t("security-center.for", { name: actor.name, other: onBehalfOf.name }) : actor.name;
    return html`<tr>
        <td>${dateTime(at)}</td>
        <td>${who}</td>
        <td>
          <button class="button plain" aria-expanded=${isShown} @click=${() => (this.shown = isShown ? "" : key)}>
            ${actionText(action)}
          </button>
        </td>
        <td title=${resource}>${resource}</td>
        <td><span class="badge ${TONES[result]}">${t(`security-center.result.${result}`)}</span></td>
        <td>${address ?? ""}</td>
      </tr>
      ${
        isShown
          ? html`<tr class="details">
              <td colspan="6">${details(entry)}</td>
            </tr>`
          : nothing
      }`;
  }

  async #export(): Promise<void> {
    this.error = undefined;
    this.exported = 0;
    try {
      const texts: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await client(auditApi).export({
          ...this.#filters(),
          ...(cursor === undefined ? {} : { cursor }),
        });
        texts.push(page.csv);
        this.exported += page.count;
        cursor = page.nextCursor;
      } while (cursor !== undefined && this.isConnected);
      if (this.isConnected) save(t("security-center.exportName"), texts);
    } catch (error) {
      this.error = error;
    } finally {
      this.exported = undefined;
    }
  }

  async #verify(): Promise<void> {
    try {
      this.verification = await client(auditApi).verify({});
      await this.#follow();
    } catch (error) {
      this.error = error;
    }
  }

  /** Reads the last look at the chain, again and again while it runs. */
  async #follow(): Promise<void> {
    const { verifications } = await client(auditApi).verifications({});
    this.verification = verifications[0];
    clearTimeout(this.#timer);
    if (this.verification?.state === "running" && this.isConnected)
      this.#timer = setTimeout(() => void this.#follow().catch((error: unknown) => (this.error = error)), POLL_MS);
  }
}

/** An action in words where it has some; plugins bring others. */
function actionText(action: string): string {
  const key = `security-center.action.${action}`;
  return hasText(key) ? t(key) : action;
}

function details({
  seq,
  action,
  caller,
  session,
  reason,
  before,
  after,
  trace,
  hash,
  actor,
}: AuditRecord): TemplateResult {
  const facts: [string, string | number | undefined][] = [
    ["seq", seq],
    ["code", action],
    ["actorId", actor.id],
    ["caller", caller],
    ["session", session],
    ["reason", reason],
    ["trace", trace],
    ["hash", hash],
  ];
  return html`<dl class="facts">
      ${facts.map(([name, value]) =>
        value === undefined
          ? nothing
          : html`<div class=${name === "hash" ? "wide" : ""}>
              <dt>${t(`security-center.${name}`)}</dt>
              <dd>${value}</dd>
            </div>`,
      )}
    </dl>
    ${differenceTable(before, after)}`;
}

function save(name: string, texts: readonly string[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([...texts], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
