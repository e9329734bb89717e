import {
  ACCOUNT_CONCERNS,
  type AccountConcern,
  type AccountInQuestion,
  type BackupState,
  type EndingCertificate,
  type OpOutput,
  type QuarantinedFile,
  type SecurityApi,
  securityApi,
  type SiteState,
} from "@jinshui/contracts";
import { client, dateTime, local, Pages, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { pageOf, SecurityPage } from "./page.js";

type Overview = OpOutput<SecurityApi, "overview">;
type Tone = "" | "ok" | "warn" | "error";

/** The site's own certificates take preparation: their end is told a year before. */
const YEAR_MS = 365 * 86_400_000;
const BACKUP_WORDS: Record<BackupState["state"], string> = {
  none: "missing",
  fine: "fine",
  late: "overdue",
  failed: "failed",
  unreadable: "unreadable",
};

/** Figures of the day that lead to their lists, the audit chain, and the parts of the site. */
export class OverviewPage extends SecurityPage {
  static override styles = [
    SecurityPage.styles,
    css`
      .figures {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(180px, 45%), 1fr));
        gap: 12px;
        margin: 0 0 12px;
        padding: 0;
        list-style: none;
      }
      .figures a {
        display: block;
        padding: 10px 12px;
        background: var(--ji-surface);
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-card-radius);
        color: inherit;
        height: 100%;
      }
      .figures a:hover,
      .figures a[aria-current] {
        border-color: var(--ji-brand);
        text-decoration: none;
      }
      .figures b {
        display: block;
        font-size: var(--ji-figure);
        line-height: 28px;
        font-variant-numeric: tabular-nums;
        font-weight: 600;
      }
      dl.facts dd {
        white-space: normal;
      }
      .figures .warn b {
        color: var(--ji-warn);
      }
      .figures .error b {
        color: var(--ji-error);
      }
    `,
  ];
  protected override showsAlarms = true;
  @state() private overview: Overview | undefined;
  @state() private list = "";
  readonly #accounts = new Pages<AccountInQuestion>(
    async (page) => {
      const { accounts, ...rest } = await client(securityApi).accounts({
        concern: this.list as AccountConcern,
        ...page,
      });
      return { items: accounts, ...rest };
    },
    () => this.requestUpdate(),
  );
  readonly #certificates = new Pages<EndingCertificate>(
    async (page) => {
      const { certificates, ...rest } = await client(securityApi).certificates(page);
      return { items: certificates, ...rest };
    },
    () => this.requestUpdate(),
  );
  readonly #files = new Pages<QuarantinedFile>(
    async (page) => {
      const { files, ...rest } = await client(securityApi).quarantined(page);
      return { items: files, ...rest };
    },
    () => this.requestUpdate(),
  );

  protected override async load(query: URLSearchParams): Promise<void> {
    this.list = query.get("list") ?? "";
    this.overview = await client(securityApi).overview({});
    if (this.list === "quarantined") await this.#files.load();
    else if (this.list === "certificates") await this.#certificates.load();
    else if (ACCOUNT_CONCERNS.some((concern) => concern === this.list)) await this.#accounts.load();
  }

  override render(): TemplateResult {
    const { overview } = this;
    return html`${this.head(t("security-center.overview"))}
    ${
      overview === undefined
        ? html`<ji-empty text=${this.error === undefined ? t("list.loading") : ""}></ji-empty>`
        : html`${this.#figures(overview)} ${this.#listed()} ${this.#chain(overview.audit)} ${this.#site(overview.site)}`
    }`;
  }

  #figures(overview: Overview): TemplateResult {
    const { failedSignIns, openAlarms, criticalAlarms, accounts, endingCertificates, quarantined, policy } = overview;
    const concern = (name: AccountConcern, tone: Tone, hint = ""): TemplateResult =>
      this.#figure(t(`security-center.concern.${name}`), accounts[name] ?? 0, { query: { list: name }, tone, hint });
    return html`<ul class="figures">
      ${this.#figure(t("security-center.openAlarms"), openAlarms, {
        view: "alarms",
        tone: criticalAlarms > 0 ? "error" : "warn",
        hint: t("security-center.critical", { n: criticalAlarms }),
      })}
      ${this.#figure(t("security-center.failedToday"), failedSignIns, {
        view: "sign-ins",
        query: { outcome: "failed", from: midnight() },
        tone: "warn",
      })}
      ${concern("locked", "warn")}
      ${concern(
        "password-ending",
        "warn",
        policy.passwordDays === undefined
          ? t("security-center.passwordsStay")
          : t("security-center.passwordDays", { n: policy.passwordDays }),
      )}
      ${this.#figure(t("security-center.endingCertificates"), endingCertificates, {
        query: { list: "certificates" },
        tone: "warn",
      })}
      ${concern("one-time-password", "warn")}
      ${concern("no-second-factor", policy.secondFactor === "required" ? "error" : "warn", t(`security-center.factor.${policy.secondFactor}`))}
      ${concern("unused", "warn")}
      ${this.#figure(t("security-center.quarantined"), quarantined, { query: { list: "quarantined" }, tone: "error" })}
    </ul>`;
  }

  #figure(
    label: string,
    count: number,
    {
      view = "overview",
      query = {},
      tone,
      hint = "",
    }: { view?: string; query?: Record<string, string>; tone: Tone; hint?: string },
  ): TemplateResult {
    const isShown = query["list"] !== undefined && query["list"] === this.list;
    return html`<li>
      <a class=${count > 0 ? tone : ""} href=${pageOf(view, query)} aria-current=${isShown ? "true" : nothing}
        ><span>${label}</span><b>${count}</b><span class="quiet small">${hint}</span></a
      >
    </li>`;
  }

  #listed(): TemplateResult | typeof nothing {
    if (this.list === "") return nothing;
    const failed = (error: unknown): void => void (this.error = error);
    if (this.list === "quarantined")
      return html`<section class="card">
        <h2>${t("security-center.quarantined")}</h2>
        ${
          this.#files.items.length === 0
            ? nothing
            : this.table(
                t("security-center.quarantined"),
                ["file", "virus", "uploaded"].map((key) => t(`security-center.${key}`)),
                this.#files.items.map(
                  ({ name, signature, uploadedAt }) =>
                    html`<tr>
                      <td class="long">${name}</td>
                      <td><span class="badge error">${signature}</span></td>
                      <td>${dateTime(uploadedAt)}</td>
                    </tr>`,
                ),
              )
        }
        ${this.#files.foot(t("security-center.noFiles"), failed)}
        <p class="quiet small" style="padding: 0 12px 8px; margin: 0">${t("security-center.quarantineHint")}</p>
      </section>`;
    if (this.list === "certificates")
      return html`<section class="card">
        <h2>${t("security-center.endingCertificates")}</h2>
        ${
          this.#certificates.items.length === 0
            ? nothing
            : this.table(
                t("security-center.endingCertificates"),
                ["name", "notAfter", "serial"].map((key) => t(`security-center.${key}`)),
                this.#certificates.items.map(
                  ({ person, serial, notAfter }) =>
                    html`<tr>
                      <td>${person.name}</td>
                      <td>${dateTime(notAfter)}</td>
                      <td>${serial}</td>
                    </tr>`,
                ),
              )
        }
        ${this.#certificates.foot(t("security-center.noCertificates"), failed)}
      </section>`;
    const title = t(`security-center.concern.${this.list}`);
    return html`<section class="card">
      <h2>${title}</h2>
      ${
        this.#accounts.items.length === 0
          ? nothing
          : this.table(
              title,
              [
                t("security-center.name"),
                t("security-center.username"),
                t("security-center.department"),
                t(`security-center.concernAt.${this.list}`),
              ],
              this.#accounts.items.map(
                ({ name, username, departmentTitle, at }) =>
                  html`<tr>
                    <td>${name}</td>
                    <td>${username}</td>
                    <td>${local(departmentTitle)}</td>
                    <td>${at === undefined ? "–" : dateTime(at)}</td>
                  </tr>`,
              ),
            )
      }
      ${this.#accounts.foot(t("security-center.noAccounts"), failed)}
    </section>`;
  }

  #chain({ entries, anchoredAt, anchorsInTime, verifiedAt, whole }: Overview["audit"]): TemplateResult {
    const link = this.may("site.audit")
      ? html`<a href=${pageOf("audit")}>${t("security-center.toAudit")}</a>`
      : nothing;
    return html`<section class="card">
      <h2>${t("security-center.chain")}${link}</h2>
      <div class="body">
        <dl class="facts">
          <div>
            <dt>${t("security-center.entries")}</dt>
            <dd>${entries}</dd>
          </div>
          <div>
            <dt>${t("security-center.anchored")}</dt>
            <dd>
              ${anchoredAt === undefined ? t("security-center.soon") : dateTime(anchoredAt)}
              ${badge(anchorsInTime ? "ok" : "error", t(anchorsInTime ? "security-center.inTime" : "security-center.overdue"))}
            </dd>
          </div>
          <div>
            <dt>${t("security-center.verified")}</dt>
            <dd>
              ${verifiedAt === undefined ? t("security-center.never") : html`${dateTime(verifiedAt)} ${badge(whole === true ? "ok" : "error", t(whole === true ? "security-center.whole" : "security-center.broken"))}`}
            </dd>
          </div>
        </dl>
      </div>
    </section>`;
  }

  #site(site: SiteState | undefined): TemplateResult | typeof nothing {
    if (!site) return nothing;
    const { kernel, bus, database, diskShort, plugins, backup, certificates } = site;
    const resting = plugins.filter(({ state: phase }) => ["failed", "quarantined", "invalid"].includes(phase));
    const loses = database.warnings.some(({ losesCommits }) => losesCommits);
    const kind = database.kind === "sqlite" ? "SQLite" : "MariaDB / MySQL";
    const rows: [string, Tone, string, string][] = [
      [
        "kernel",
        kernel.unready.length === 0 ? "ok" : "error",
        kernel.unready.length === 0 ? "fine" : "down",
        t("security-center.kernelFacts", { version: kernel.version, at: dateTime(kernel.startedAt) }),
      ],
      [
        "bus",
        bus.durability === "none" ? "warn" : "ok",
        bus.durability === "none" ? "look" : "fine",
        `nats-server ${bus.version} · ${t(bus.durability === "none" ? "security-center.busForgets" : "security-center.busKeeps", { profile: bus.durability })}${bus.losses > 0 ? ` · ${t("security-center.busLosses", { n: bus.losses })}` : ""}`,
      ],
      [
        "database",
        loses ? "error" : database.warnings.length > 0 ? "warn" : "ok",
        database.warnings.length > 0 ? "look" : "fine",
        [kind, ...database.warnings.map((warning) => t("security-center.setting", { ...warning }))].join(" · "),
      ],
      [
        "disk",
        diskShort === undefined ? "ok" : "error",
        diskShort === undefined ? "fine" : "full",
        t(diskShort === undefined ? "security-center.diskFine" : "security-center.diskFull"),
      ],
      [
        "plugins",
        resting.length > 0 ? "error" : "ok",
        resting.length > 0 ? "look" : "fine",
        resting.length > 0
          ? resting
              .map(({ title, state: phase }) => `${local(title)}：${t(`security-center.plugin.${phase}`)}`)
              .join(" · ")
          : t("security-center.pluginsFine", {
              n: plugins.filter(({ state: phase }) => phase === "running").length,
              all: plugins.length,
            }),
      ],
      ["backup", backup.state === "fine" ? "ok" : "error", BACKUP_WORDS[backup.state], backupText(backup)],
      ...certificates.map(({ kind, notAfter }): [string, Tone, string, string] => {
        const ends = Date.parse(notAfter) - Date.now();
        const [tone, word]: [Tone, string] =
          ends < 0 ? ["error", "over"] : ends < YEAR_MS ? ["warn", "ending"] : ["ok", "fine"];
        return [`certificate.${kind}`, tone, word, t("security-center.endsAt", { at: dateTime(notAfter) })];
      }),
    ];
    return html`<section class="card">
      <h2>${t("security-center.site")}</h2>
      ${this.table(
        t("security-center.site"),
        ["part", "state", "facts"].map((key) => t(`security-center.${key}`)),
        rows.map(
          ([part, tone, word, facts]) =>
            html`<tr>
              <td>${t(`security-center.${part}`)}</td>
              <td>${badge(tone, t(`security-center.is.${word}`))}</td>
              <td class="long">${facts}</td>
            </tr>`,
        ),
      )}
    </section>`;
  }
}

function badge(tone: Tone, text: string): TemplateResult {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** When the last backup was and how large; or why there is none. */
function backupText({ state: phase, finishedAt, bytes, maxHours }: BackupState): string {
  if (phase === "none") return t("security-center.noBackup");
  if (finishedAt === undefined) return t("security-center.noBackupReport");
  const facts = { at: dateTime(finishedAt), hours: maxHours ?? 0 };
  const size = bytes === undefined ? "" : ` · ${t("security-center.megabytes", { n: Math.ceil(bytes / 1_048_576) })}`;
  return `${t(`security-center.backup.${phase}`, facts)}${size}`;
}

/** The last midnight in China, as an address holds it. */
function midnight(): string {
  return `${dateTime(new Date().toISOString()).slice(0, 10)}T00:00`;
}
