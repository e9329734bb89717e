import { auditApi, type AuditApi, type AuditRecord, type AuditVerification, type OpInput } from "@jinshui/contracts";
import { client, dateTime, Pages, peopleNames, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { differenceTable } from "./difference.js";
import { actionChoices, actionText, type Collections, partText, personOf, resourceText } from "./audit-words.js";
import { FilterForm } from "./filter-form.js";
import { asked, instantOf, periodFields, SecurityPage } from "./page.js";
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
    `,
  ];
  @state() private query = new URLSearchParams();
  /** Number of the entry that is shown in full; it stays so while a search still finds it. */
  @state() private shown: number | undefined;
  @state() private exported: number | undefined;
  @state() private verification: AuditVerification | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #collections: Collections = {};
  #names: ReadonlyMap<string, string> = new Map();
  readonly #filter = new FilterForm(this, (search) => this.show(search));
  readonly #entries = new Pages<AuditRecord>(
    async (page) => {
      const { entries, collections, ...rest } = await client(auditApi).list({ ...this.#filters(), ...page });
      this.#collections = { ...this.#collections, ...collections };
      this.#names = await peopleNames(entries.flatMap(({ resource }) => personOf(resource)));
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
    const id = query.get("actor") ?? "";
    const title = id === "" || id.includes(":") ? id : ((await peopleNames([id])).get(id) ?? id);
    this.#filter.fill({ ...asked(query), actor: id === "" ? undefined : { id, title } });
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
    const action = this.query.get("action") ?? "";
    const known = actionChoices();
    // a plugin's, or one of a link, stays as it is called
    const isUnknown = action !== "" && !known.some(({ value }) => value === action);
    return this.#filter.template([
      ...periodFields(),
      { key: "actor", label: t("security-center.person"), kind: "person" },
      {
        key: "action",
        label: t("security-center.action"),
        kind: "choice",
        options: isUnknown ? [{ value: action, label: action }, ...known] : known,
      },
      { key: "resource", label: t("security-center.resource"), kind: "text", maxLength: 150 },
      { key: "address", label: t("security-center.address"), kind: "text", maxLength: 150 },
      {
        key: "result",
        label: t("security-center.result"),
        kind: "choice",
        options: RESULTS.map((value) => ({ value, label: t(`security-center.result.${value}`) })),
      },
    ]);
  }

  #table(): TemplateResult | typeof nothing {
    const { items } = this.#entries;
    if (items.length === 0) return nothing;
    return this.table(
      t("security-center.audit"),
      ["time", "person", "action", "resource", "result", "address"].map((key) => t(`security-center.${key}`)),
      items.map((entry) => this.#row(entry)),
    );
  }

  #row(entry: AuditRecord): TemplateResult {
    const { seq, at, actor, onBehalfOf, action, resource, result, address } = entry;
    const isShown = this.shown === seq;
    const who = onBehalfOf ? t("security-center.for", { name: actor.name, other: onBehalfOf.name }) : actor.name;
    return html`<tr>
        <td>${dateTime(at)}</td>
        <td>${who}</td>
        <td>
          <button
            class="button plain"
            aria-expanded=${isShown}
            @click=${() => (this.shown = isShown ? undefined : seq)}
          >
            ${actionText(action)}
          </button>
        </td>
        <td title=${resource}>${resourceText(resource, this.#collections, this.#names)}</td>
        <td><span class="badge ${TONES[result]}">${t(`security-center.result.${result}`)}</span></td>
        <td>${address ?? ""}</td>
      </tr>
      ${
        isShown
          ? html`<tr class="details">
              <td colspan="6">${details(entry, this.#collections)}</td>
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

function details(entry: AuditRecord, collections: Collections): TemplateResult {
  const { seq, action, caller, session, reason, before, after, trace, hash, actor, resource } = entry;
  const facts: [string, string | number | undefined][] = [
    ["seq", seq],
    ["code", action],
    ["resource", resource],
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
    ${differenceTable(before, after, (name) => partText(name, resource, collections))}`;
}

function save(name: string, texts: readonly string[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([...texts], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
