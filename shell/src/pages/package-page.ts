import {
  type Ask,
  HTTP_ROOT,
  isJinshuiError,
  organisationApi,
  type PackageProblem,
  type PackageReport,
  supervisorApi,
} from "@jinshui/contracts";
import { announce, client, hasText, local, PluginPage, send, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { go } from "../frame/router.js";
import { reasonFormStyles } from "./reason-form.js";

const UPLOAD_MS = 120_000;
const HOME = "/plugins";

/** A package of a plugin on its way in: sent, looked at, and installed when somebody agrees. */
@customElement("ji-package-page")
export class PackagePage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    reasonFormStyles,
    css`
      h3 {
        margin: 12px 0 4px;
        font-size: inherit;
      }
      ul {
        margin: 0;
        padding-left: 20px;
      }
      .problem {
        color: var(--ji-error);
      }
      .digest {
        overflow-wrap: anywhere;
      }
      .agree {
        display: flex;
        flex-direction: column;
        align-items: start;
        gap: 8px;
        margin-top: 12px;
      }
      .agree label {
        display: inline-flex;
        gap: 6px;
        align-items: center;
      }
    `,
  ];
  /** Names a package that has been sent. */
  @property() package = "";
  @state() private report: PackageReport | undefined;
  @state() private catalogue: string | undefined;
  @state() private broken = "";
  @state() private agreed = false;
  @state() private lower = false;
  @query("input[type=file]") private file!: HTMLInputElement;
  #positions = new Map<string, string>();

  protected override async load(): Promise<void> {
    if (this.package === "") {
      const { packages } = await client(supervisorApi).plugins({});
      this.catalogue = packages?.catalogue;
      return;
    }
    const [{ positions }, report] = await Promise.all([
      client(organisationApi).structure({}),
      client(supervisorApi).inspectPackage({ package: this.package }),
    ]);
    this.#positions = new Map(positions.map(({ id, title }) => [id, local(title)]));
    this.report = report;
  }

  override render(): TemplateResult {
    const back = html`<a class="button" href=${HOME}>${t("package.back")}</a>`;
    return html`${this.head(t("package.install"), back)}
    ${this.broken === "" ? nothing : html`<p class="problem" role="alert">${this.broken}</p>`}
    ${this.package === "" ? this.#sources() : this.report ? this.#report(this.report) : this.error === undefined ? nothing : html`<a href="${HOME}/install">${t("package.other")}</a>`}`;
  }

  #sources(): TemplateResult {
    return html`<section class="card" aria-label=${t("package.install")}>
      <div class="body">
        <p class="quiet">${t("package.hint")}</p>
        <form @submit=${this.#upload}>
          <label>${t("package.file")}<input class="input" type="file" accept=".tgz,.gz" required /></label>
          <button class="button primary" ?disabled=${this.working}>${t("package.check")}</button>
        </form>
        ${
          this.catalogue === undefined
            ? nothing
            : html`<form @submit=${this.#fetch}>
                <label
                  >${t("package.url")}<input
                    class="input"
                    type="url"
                    name="url"
                    required
                    maxlength="2000"
                    autocomplete="off"
                    .value=${this.catalogue}
                  /><span class="quiet small">${t("package.catalogue", { catalogue: this.catalogue })}</span></label
                >
                <button class="button" ?disabled=${this.working}>${t("package.fetch")}</button>
              </form>`
        }
        <p class="quiet" role="status">${this.working ? t("package.checking") : ""}</p>
      </div>
    </section>`;
  }

  #report(report: PackageReport): TemplateResult {
    const { title, description, plugin, version, running, signedBy, sha256, problems, asks, grew, shrank } = report;
    const serious = problems.filter(({ code }) => code !== "downgrade");
    const isLower = problems.length > serious.length;
    const unchanged = asks.filter(({ kind, what }) => !grew.some((ask) => ask.kind === kind && ask.what === what));
    return html`<section class="card" aria-label=${local(title)}>
      <h2>
        <span>${local(title)} <span class="quiet small">${plugin} ${version}</span></span
        ><span class="badge ${signedBy ? "ok" : "warn"}"
          >${signedBy ? t("package.signed", { signer: local(signedBy.title) }) : t(isSigned(problems) ? "package.doubtful" : "package.unsigned")}</span
        >
      </h2>
      <div class="body">
        <div class="quiet">${local(description)}</div>
        <div class="quiet small digest">
          ${running === undefined ? nothing : html`${t("package.running", { version: running })} · `}${t("package.digest", { digest: sha256 })}
        </div>
        ${
          problems.length === 0
            ? nothing
            : html`<div class="problem" role="alert">
                ${serious.length > 0 ? html`<h3>${t("package.problems")}</h3>` : nothing}
                <ul>
                  ${problems.map((problem) => html`<li>${problemText(problem)}</li>`)}
                </ul>
                ${isLower && serious.length === 0 ? t("package.downgrade") : nothing}
              </div>`
        }
        ${running === undefined ? this.#asks("package.asks", asks) : html`${this.#asks("package.grew", grew)}${this.#asks("package.shrank", shrank)}${this.#asks("package.unchanged", unchanged)}`}
        ${asks.length === 0 ? html`<p>${t("package.nothing")}</p>` : nothing}
        ${serious.length > 0 ? nothing : this.#consent(report, isLower)}
        <p><a href="${HOME}/install">${t("package.other")}</a></p>
      </div>
    </section>`;
  }

  #consent(report: PackageReport, isLower: boolean): TemplateResult {
    const check = (key: string, isChecked: boolean, set: (value: boolean) => void): TemplateResult =>
      html`<label
        ><input
          type="checkbox"
          .checked=${isChecked}
          @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
        />${t(key)}</label
      >`;
    return html`<div class="agree">
      ${check("package.agree", this.agreed, (value) => (this.agreed = value))}
      ${isLower ? check("package.allowDowngrade", this.lower, (value) => (this.lower = value)) : nothing}
      <button
        class="button primary"
        ?disabled=${this.working || !this.agreed || (isLower && !this.lower)}
        @click=${() => this.#install(report, isLower)}
      >
        ${t("package.do")}
      </button>
    </div>`;
  }

  #asks(heading: string, asks: readonly Ask[]): TemplateResult | typeof nothing {
    if (asks.length === 0) return nothing;
    return html`<h3>${t(heading)}</h3>
      <ul>
        ${asks.map((ask) => html`<li>${this.#askText(ask)}</li>`)}
      </ul>`;
  }

  #askText({ kind, what, title, positions = [], megabytes }: Ask): string {
    const values = {
      what,
      title: title ? local(title) : what,
      megabytes,
      positions: positions.map((position) => this.#positions.get(position) ?? position).join("、"),
    };
    if (kind === "permission" && positions.length === 0) return t("ask.permissionNobody", values);
    const own = `ask.${kind}-${what}`;
    return t(hasText(own) ? own : `ask.${kind}`, values);
  }

  #upload(event: SubmitEvent): void {
    event.preventDefault();
    const [raw] = this.file.files ?? [];
    if (!raw) return;
    const headers = { "Content-Type": "application/gzip" };
    void this.#bring(async () => {
      const answer = await send("POST", `${HTTP_ROOT}/plugin-packages`, { raw, headers, timeoutMs: UPLOAD_MS });
      return ((await answer.json()) as PackageReport).package;
    });
  }

  #fetch(event: SubmitEvent): void {
    event.preventDefault();
    const url = new FormData(event.target as HTMLFormElement).get("url") as string;
    void this.#bring(async () => (await client(supervisorApi).fetchPackage({ url })).package);
  }

  async #bring(work: () => Promise<string>): Promise<void> {
    this.working = true;
    this.broken = "";
    this.error = undefined;
    try {
      go(`${HOME}/install/${await work()}`);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.working = false;
    }
  }

  async #install({ package: id, consent, title, version }: PackageReport, isLower: boolean): Promise<void> {
    this.working = true;
    try {
      await client(supervisorApi).installPackage({
        package: id,
        consent,
        ...(isLower ? { allowDowngrade: true } : {}),
      });
      announce(t("package.installed", { title: local(title), version }));
      go(HOME);
    } catch (error) {
      // what it is held against may have changed since
      await this.reload();
      this.#fail(error);
    } finally {
      this.working = false;
    }
  }

  #fail(error: unknown): void {
    const rule = isJinshuiError(error) ? error.details?.["rule"] : undefined;
    this.broken = typeof rule === "string" ? ruleText(rule, error as { details?: Record<string, unknown> }) : "";
    this.error = error;
  }
}

/** Whether there is a signature, which then does not hold. */
function isSigned(problems: readonly PackageProblem[]): boolean {
  return problems.some(({ code }) => /^(signature|key|file|unknown-key|identity)/.test(code));
}

function problemText({ code, message, file = "", details = {} }: PackageProblem): string {
  const key = `packageProblem.${code}`;
  return hasText(key) ? t(key, { message, file, ...details }) : message;
}

/** Rules of paths are many and mean the same to who reads this. */
function ruleText(rule: string, { details = {} }: { details?: Record<string, unknown> }): string {
  const key = `packageRule.${rule}`;
  return t(hasText(key) ? key : "packageRule.path", details);
}
