import { authApi, type OpOutput, type AuthApi } from "@jinshui/contracts";
import { client, controls, local, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { PagedList, type PageOf } from "./paged-list.js";

type Person = OpOutput<AuthApi, "people">["people"][number];

/** People of the bureau with their departments and positions. */
@customElement("ji-people-page")
export class PeoplePage extends PagedList<Person> {
  static override styles = [controls];

  protected override async read(cursor: string | undefined): Promise<PageOf<Person>> {
    const { people, ...page } = await client(authApi).people({
      limit: 100,
      ...(this.search === "" ? {} : { search: this.search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: people, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.people")}</h1>
        <span class="space"></span>${this.searchBox(t("people.search"))}
      </div>
      ${this.errorNote()}
      <section class="card">
        ${
          this.items.length === 0
            ? ""
            : html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th>${t("people.name")}</th>
                      <th>${t("people.department")}</th>
                      <th>${t("people.positions")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${this.items.map(
                      (person) =>
                        html`<tr>
                          <td>${person.name}</td>
                          <td>${local(person.departmentTitle)}</td>
                          <td>${person.positions.map(({ title }) => local(title)).join("、")}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }${this.foot(t("list.empty"))}
      </section>`;
  }
}
