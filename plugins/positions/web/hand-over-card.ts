import { type HandOverTask, MAX_HANDED_OVER, workflowApi } from "@jinshui/contracts";
import { client, local, Pages, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";
import { type DialogSpec, reasonField } from "./dialog.js";

/** What waits for a person, to be handed over: all that is ticked goes to one colleague, or back to the others. */
export class HandOverCard {
  #person = "";
  #chosen = new Set<string>();
  readonly #tasks = new Pages<HandOverTask>(
    async (page) => {
      const { tasks, ...rest } = await client(workflowApi).handOverTasks({ person: this.#person, ...page });
      return { items: tasks, ...rest };
    },
    () => this.host.requestUpdate(),
  );

  constructor(
    readonly host: ReactiveControllerHost,
    readonly failed: (error: unknown) => void,
    /** Opens a dialog; once it was taken, the page says so. */
    readonly ask: (spec: DialogSpec, done: string) => void,
  ) {}

  async load(person: string): Promise<void> {
    this.#person = person;
    this.#chosen = new Set();
    await this.#tasks.load();
  }

  template(): TemplateResult {
    const { items, total } = this.#tasks;
    return html`<section class="card">
      <h2>
        ${t("positions.openTasksOf")}<span class="quiet"
          >${total === 0 ? "" : t("positions.tasksCount", { n: total })}</span
        ><span class="space"></span>
        ${
          items.length === 0
            ? nothing
            : html`<button class="button" ?disabled=${this.#chosen.size === 0} @click=${() => this.#handOver()}>
                ${t("positions.handOver")}
              </button>`
        }
      </h2>
      ${
        items.length === 0
          ? nothing
          : html`<div class="scroll" role="region" tabindex="0" aria-label=${t("positions.openTasksOf")}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">
                      <input
                        type="checkbox"
                        aria-label=${t("positions.chooseAll")}
                        .checked=${this.#chosen.size === items.length}
                        @change=${(event: Event) => this.#all((event.target as HTMLInputElement).checked)}
                      />
                    </th>
                    <th scope="col">${t("positions.task")}</th>
                    <th scope="col">${t("positions.step")}</th>
                    <th scope="col">${t("positions.position")}</th>
                    <th scope="col">${t("positions.due")}</th>
                    <th scope="col">${t("positions.others")}</th>
                  </tr>
                </thead>
                <tbody>
                  ${items.map((task) => this.#row(task))}
                </tbody>
              </table>
            </div>`
      }${this.#tasks.foot(t("positions.noOpenTasks"), this.failed)}
    </section>`;
  }

  #row({ id, number, title, step, position, dueAt, claimed, others }: HandOverTask): TemplateResult {
    return html`<tr>
      <td>
        <input
          type="checkbox"
          aria-label=${t("positions.choose", { title })}
          .checked=${this.#chosen.has(id)}
          @change=${(event: Event) => this.#one(id, (event.target as HTMLInputElement).checked)}
        />
      </td>
      <td class="long">${title}<br /><span class="quiet small">${number}</span></td>
      <td>${step}${claimed ? html` <span class="badge">${t("positions.claimed")}</span>` : nothing}</td>
      <td>${position ? local(position) : t("positions.applicantsStep")}</td>
      <td>${dueAt === undefined ? "" : shortDateTime(dueAt)}</td>
      <td>
        ${others === 0 ? html`<span class="badge warn">${t("positions.nobodyElse")}</span>` : t("positions.peopleCount", { n: others })}
      </td>
    </tr>`;
  }

  #one(id: string, isChosen: boolean): void {
    if (isChosen) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.host.requestUpdate();
  }

  #all(isChosen: boolean): void {
    const ids = this.#tasks.items.slice(0, MAX_HANDED_OVER).map(({ id }) => id);
    this.#chosen = new Set(isChosen ? ids : []);
    this.host.requestUpdate();
  }

  #handOver(): void {
    const tasks = [...this.#chosen];
    this.ask(
      {
        title: t("positions.handOverTitle", { n: tasks.length }),
        note: t("positions.handOverNote"),
        fields: [
          {
            key: "to",
            label: t("positions.successor"),
            kind: "person",
            required: false,
            help: t("positions.successorHelp"),
          },
          reasonField(),
        ],
        action: t("positions.handOver"),
        send: async ({ to, reason }, call) => {
          const person = (to as { id?: string } | undefined)?.id;
          await client(workflowApi).handOver(
            {
              person: this.#person,
              tasks,
              reason: String(reason),
              ...(person === undefined ? {} : { to: person }),
            },
            call,
          );
        },
      },
      t("positions.handedOver"),
    );
  }
}
