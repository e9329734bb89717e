import type { FormSchema, SiteFormVersion } from "@jinshui/contracts";
import { shortDateTime, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { differenceList } from "./difference-list.js";
import { formDifferences } from "./model/difference.js";

/** What publishing would change, and for whom, before somebody does it. */
export function publishCard(
  {
    base,
    form,
    processes,
    working,
  }: {
    base: { version: number; form: FormSchema } | undefined;
    form: FormSchema;
    processes: readonly string[];
    working: boolean;
  },
  publish: () => void,
): TemplateResult {
  const differences = formDifferences(base?.form, form);
  const hint = t("form-designer.publishHint", { processes: processes.join("、") || t("form-designer.nothing") });
  return html`<section class="card">
    <h2>${base ? t("form-designer.sinceVersion", { n: base.version }) : t("form-designer.firstVersion")}</h2>
    <div class="body">
      ${differenceList(differences)}
      <p class="quiet small">${hint}</p>
      <button class="button primary" ?disabled=${working || differences.length === 0} @click=${publish}>
        ${t("form-designer.publish")}
      </button>
    </div>
  </section>`;
}

/** Every version that was published, to be held against the draft. */
export function versionsCard(versions: readonly SiteFormVersion[], compare: (version: number) => void): TemplateResult {
  if (versions.length === 0) return html`<p class="quiet">${t("form-designer.unpublished")}</p>`;
  return html`<section class="card">
    <h2>${t("form-designer.tab.versions")}</h2>
    <div class="scroll" role="region" tabindex="0" aria-label=${t("form-designer.tab.versions")}>
      <table>
        <thead>
          <tr>
            ${["version", "publishedAt", "publishedBy", "compare"].map((column) => html`<th scope="col">${t(`form-designer.${column}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${versions.map(
            ({ version, publishedAt, publishedBy }) =>
              html`<tr>
                <td>${t("form-designer.versionN", { n: version })}</td>
                <td class="quiet">${shortDateTime(publishedAt)}</td>
                <td>${publishedBy.name}</td>
                <td>
                  <button
                    class="button plain"
                    aria-label=${t("form-designer.compareWith", { n: version })}
                    @click=${() => compare(version)}
                  >
                    ${t("form-designer.compare")}
                  </button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
