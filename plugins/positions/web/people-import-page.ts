import {
  MAX_ADDED_PEOPLE,
  type OpOutput,
  organisationApi,
  type OrganisationApi,
  type PeopleFileRow,
} from "@jinshui/contracts";
import { client, dateTime, local, saveText, separatedValues, t, uploadFile } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { reasonField } from "./dialog.js";
import { OrganisationPage } from "./page.js";

type Read = OpOutput<OrganisationApi, "readPeople">;
interface Made {
  username: string;
  name: string;
  department: string;
  password: string;
}

/** So many rows of a kind are shown; all of them count. */
const SHOWN = 200;

/** People from a file: what it holds, what is wrong with it, then their accounts and positions. */
export class PeopleImportPage extends OrganisationPage {
  static override styles = [
    super.styles,
    css`
      .steps {
        padding: 12px;
        display: flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
      }
      progress {
        flex: 1;
        min-width: 160px;
        height: 8px;
        accent-color: var(--ji-brand);
      }
      td.wrong {
        color: var(--ji-error);
        white-space: normal;
      }
      .card > p {
        padding: 0 12px;
      }
    `,
  ];
  @state() private read: Read | undefined;
  @state() private busy = "";
  @state() private done = 0;
  @state() private total = 0;
  @state() private made: Made[] = [];
  @state() private validUntil = "";
  @state() private only: PeopleFileRow["state"] | "" = "";
  /** What is to be held, once the accounts are there. */
  #ids = new Map<string, string>();
  #file: File | undefined;
  readonly #closing = new AbortController();
  /** Passwords that nobody has saved are lost with the page. */
  readonly #leaving = (event: Event): void => {
    if (this.made.length > 0 && !this.#saved) event.preventDefault();
  };
  #saved = false;
  #proposed = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.#leaving);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.#leaving);
    this.#closing.abort();
  }

  protected override load(): Promise<void> {
    return Promise.resolve();
  }

  override render(): TemplateResult {
    const { read } = this;
    return html`${this.head(
      t("positions.importPeople"),
      html`<a href="/p/positions/people">${t("positions.backToPeople")}</a>`,
    )}
    ${
      this.me && !this.mayKeep
        ? html`<section class="card"><ji-empty text=${t("positions.notYours")}></ji-empty></section>`
        : html`<section class="card">
              <h2>${t("positions.importFile")}</h2>
              <p class="quiet">${t("positions.importNote")}</p>
              <div class="steps" aria-live="polite">${this.busy === "" ? this.#actions() : this.#progress()}</div>
            </section>
            ${this.made.length > 0 ? this.#passwords() : nothing} ${read ? this.#preview(read) : nothing}`
    }${this.dialog.template()}`;
  }

  #actions(): TemplateResult {
    const fresh = this.#of("new").length;
    const holdings = this.#holdings().length;
    return html`${
        fresh > 0
          ? html`<button class="button primary" @click=${() => void this.#add()}>
              ${t("positions.importAdd", { n: fresh })}
            </button>`
          : holdings > 0
            ? html`<button class="button primary" @click=${() => this.#propose()}>
                ${t("positions.importPropose", { n: holdings })}
              </button>`
            : nothing
      }
      <label
        class="button"
        tabindex="0"
        @keydown=${(event: KeyboardEvent) => (event.key === "Enter" || event.key === " ") && (event.currentTarget as HTMLElement).click()}
        >${t(this.read ? "positions.importOther" : "positions.importChoose")}<input
          class="visually-hidden"
          tabindex="-1"
          type="file"
          accept=".xlsx,.csv,.txt"
          @change=${this.#chosen}
      /></label>
      <button class="button" @click=${() => this.#template()}>${t("positions.importTemplate")}</button>`;
  }

  #progress(): TemplateResult {
    return html`<span>${this.busy}</span>${
        this.total > 0
          ? html`<progress .value=${this.done} max=${this.total} aria-label=${this.busy}></progress>
              <span>${this.done} / ${this.total}</span>`
          : nothing
      }`;
  }

  #preview({ rows, new: fresh, known, wrong }: Read): TemplateResult {
    const shown = this.only === "" ? rows : this.#of(this.only);
    const tabs = [
      ["", t("positions.importAll", { n: rows.length })],
      ["new", t("positions.importNew", { n: fresh })],
      ["known", t("positions.importKnown", { n: known })],
      ["wrong", t("positions.importWrong", { n: wrong })],
    ] as const;
    return html`<section class="card">
      <div class="tabs" role="group" aria-label=${t("positions.importPreview")}>
        ${tabs.map(
          ([only, label]) =>
            html`<button aria-pressed=${this.only === only} @click=${() => (this.only = only)}>${label}</button>`,
        )}
      </div>
      <div class="scroll" role="region" tabindex="0" aria-label=${t("positions.importPreview")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("positions.row")}</th>
              <th scope="col">${t("positions.name")}</th>
              <th scope="col">${t("positions.username")}</th>
              <th scope="col">${t("positions.department")}</th>
              <th scope="col">${t("positions.position")}</th>
              <th scope="col">${t("positions.state")}</th>
            </tr>
          </thead>
          <tbody>
            ${shown.slice(0, SHOWN).map((row) => this.#row(row))}
          </tbody>
        </table>
      </div>
      ${shown.length > SHOWN ? html`<p class="quiet">${t("positions.importMore", { n: shown.length - SHOWN })}</p>` : nothing}
    </section>`;
  }

  #row(row: PeopleFileRow): TemplateResult {
    const tone = { new: "ok", known: "", wrong: "error" }[row.state];
    return html`<tr>
      <td>${row.row}</td>
      <td>${row.name}</td>
      <td>${row.username}</td>
      <td>${local(row.departmentTitle)}</td>
      <td class="long">
        ${row.positions.map(({ title }) => local(title)).join("、")}${row.from === undefined ? nothing : html` <span class="quiet">${t("positions.fromDay", { from: row.from })}</span>`}
      </td>
      <td class=${row.problems.length > 0 ? "wrong" : ""}>
        ${
          row.problems.length > 0
            ? row.problems
                .map(({ column, reason, value = "" }) =>
                  t(`positions.problem.${reason}`, { column: t(`positions.column.${column}`), value }),
                )
                .join("；")
            : html`<span class="badge ${tone}">${t(`positions.import.${row.state}`)}</span>`
        }
      </td>
    </tr>`;
  }

  #passwords(): TemplateResult {
    return html`<section class="card">
      <h2>${t("positions.passwords", { n: this.made.length })}</h2>
      <p>${t("positions.passwordsNote", { at: dateTime(this.validUntil) })}</p>
      <div class="steps">
        <button class="button primary" @click=${() => this.#savePasswords()}>${t("positions.passwordsSave")}</button>
      </div>
    </section>`;
  }

  #of(wanted: PeopleFileRow["state"]): PeopleFileRow[] {
    return this.read?.rows.filter(({ state: is }) => is === wanted) ?? [];
  }

  /** What the people of the file, who are all there now, come to hold. */
  #holdings(): { person: string; position: string; department: string; from?: string }[] {
    if (this.#proposed) return [];
    return (this.read?.rows ?? []).flatMap(({ state: is, username, person, department, positions, from }) => {
      const id = person ?? this.#ids.get(username);
      if (is === "wrong" || id === undefined || department === undefined) return [];
      return positions.map((position) => ({
        person: id,
        position: position.id,
        department,
        ...(from === undefined ? {} : { from }),
      }));
    });
  }

  readonly #chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    this.read = undefined;
    this.made = [];
    this.#ids = new Map();
    this.#file = file;
    this.#proposed = false;
    await this.#readFile(file);
  };

  async #readFile(file: File): Promise<void> {
    await this.#working(t("positions.importReading", { name: file.name }), async () => {
      const { file: id } = await uploadFile(file, { signal: this.#closing.signal });
      this.read = await client(organisationApi).readPeople({ file: id });
      this.only = this.read.wrong > 0 ? "wrong" : "";
    });
  }

  /** Accounts are made in pieces, since each takes the hashing of a password; a piece is whole or not there. */
  async #add(): Promise<void> {
    const people = this.#of("new");
    await this.#working(t("positions.importAdding"), async () => {
      this.total = people.length;
      for (let start = 0; start < people.length; start += MAX_ADDED_PEOPLE) {
        const piece = people.slice(start, start + MAX_ADDED_PEOPLE);
        const answer = await client(organisationApi).addPeople({
          people: piece.map(({ username, name, department = "" }) => ({ username, name, department })),
        });
        this.validUntil = answer.validUntil;
        for (const { username, person, password } of answer.people) {
          this.#ids.set(username, person);
          const row = piece.find((one) => one.username === username);
          this.made = [
            ...this.made,
            { username, name: row?.name ?? "", department: local(row?.departmentTitle), password },
          ];
        }
        this.done = start + piece.length;
      }
      this.notice = t("positions.importAdded", { n: people.length });
      // they are given once: lost with the page if nobody asked for them
      this.#savePasswords();
    });
    this.#settle();
  }

  /** Those who have an account by now are known. */
  #settle(): void {
    if (!this.read) return;
    const rows = this.read.rows.map((row): PeopleFileRow => {
      const person = this.#ids.get(row.username);
      return person === undefined || row.state !== "new" ? row : { ...row, state: "known", person };
    });
    const count = (wanted: string): number => rows.filter(({ state: is }) => is === wanted).length;
    this.read = { rows, new: count("new"), known: count("known"), wrong: count("wrong") };
    this.only = "";
  }

  #propose(): void {
    const holdings = this.#holdings();
    this.ask(
      {
        title: t("positions.importPropose", { n: holdings.length }),
        note: t("positions.proposeNote"),
        fields: [reasonField()],
        action: t("positions.send"),
        send: async ({ reason }, call) => {
          await client(organisationApi).proposeHoldings({ holdings, reason: String(reason) }, call);
          this.#proposed = true;
          this.requestUpdate();
        },
      },
      t("positions.proposed"),
    );
  }

  #template(): void {
    const columns = ["name", "username", "department", "positions", "from"] as const;
    const head = columns.map((column) => t(`positions.column.${column}`));
    saveText(`${t("positions.importTemplate")}.csv`, separatedValues([head]));
  }

  #savePasswords(): void {
    const head = ["name", "username", "department"].map((column) => t(`positions.column.${column}`));
    const rows = this.made.map(({ name, username, department, password }) => [name, username, department, password]);
    this.#saved = true;
    saveText(`${t("positions.oneTime")}.csv`, separatedValues([[...head, t("positions.oneTime")], ...rows]));
  }

  async #working(said: string, work: () => Promise<void>): Promise<void> {
    this.busy = said;
    this.done = 0;
    this.total = 0;
    this.error = undefined;
    this.notice = "";
    try {
      await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = "";
    }
  }

  override async reload(): Promise<void> {
    // what was read stays: only after a failure it is read anew
    const again = this.error !== undefined ? this.#file : undefined;
    await super.reload();
    if (again) await this.#readFile(again);
  }
}
