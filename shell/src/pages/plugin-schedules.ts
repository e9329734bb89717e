import { type OpOutput, type ScheduleRun, type SupervisorApi, supervisorApi } from "@jinshui/contracts";
import { announce, client, controls, dateTime, JinshuiElement, type LiveEvent, local, Pages, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

type Scheduled = OpOutput<SupervisorApi, "schedules">["schedules"][number];

const TONE: Record<ScheduleRun["state"], string> = { open: "", done: "ok", failed: "error", skipped: "warn" };

/** What a plugin does again and again in a bureau: when it is due next, how it went, and the button that does it now. */
@customElement("ji-plugin-schedules")
export class PluginSchedules extends JinshuiElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        margin-top: 12px;
      }
      .problem {
        color: var(--ji-error);
        white-space: normal;
        overflow-wrap: anywhere;
      }
    `,
  ];
  @property() plugin = "";
  @property() bureau = "";
  @state() private schedules: Scheduled[] | undefined;
  @state() private error: unknown;
  @state() private opened = "";
  @state() private working = false;
  #runs: Pages<ScheduleRun> | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("plugin") || changed.has("bureau")) void this.#load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (name === "supervisor.schedule-failed") void this.#load();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.schedules?.length === 0) return nothing;
    return html`<section class="card" aria-label=${t("schedules.title")}>
      <h2>
        ${t("schedules.title")}
        <button class="button plain" @click=${() => this.#load()}>${t("schedules.refresh")}</button>
      </h2>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      <div class="scroll" role="region" tabindex="0" aria-label=${t("schedules.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("schedules.name")}</th>
              <th scope="col">${t("schedules.when")}</th>
              <th scope="col">${t("schedules.next")}</th>
              <th scope="col">${t("schedules.last")}</th>
              <th scope="col">${t("schedules.actions")}</th>
            </tr>
          </thead>
          <tbody>
            ${this.schedules?.map((schedule) => this.#row(schedule))}
          </tbody>
        </table>
      </div>
      ${this.opened === "" ? nothing : this.#history()}
    </section>`;
  }

  #row({ id, title, cron, everySeconds, timezone, dueAt, last }: Scheduled): TemplateResult {
    const name = local(title);
    const when =
      cron === undefined
        ? t("schedules.every", { n: everySeconds ?? 0 })
        : `${cron}${timezone === undefined ? "" : ` ${timezone}`}`;
    return html`<tr>
      <td>${name}</td>
      <td>${when}</td>
      <td>${dueAt === undefined ? t("schedules.off") : dateTime(dueAt)}</td>
      <td>
        ${last ? html`${stateOf(last)} <span class="quiet small">${dateTime(last.dueAt)}</span>` : t("schedules.never")}
      </td>
      <td>
        <button
          class="button"
          ?disabled=${this.working || dueAt === undefined}
          aria-label=${t("schedules.runOne", { title: name })}
          @click=${() => this.#run(id, name)}
        >
          ${t("schedules.run")}
        </button>
        <button
          class="button"
          aria-expanded=${this.opened === id}
          aria-label=${t("schedules.historyOf", { title: name })}
          @click=${() => this.#open(id)}
        >
          ${t("schedules.history")}
        </button>
      </td>
    </tr>`;
  }

  #history(): TemplateResult {
    return html`<div class="scroll" role="region" tabindex="0" aria-label=${t("schedules.history")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("schedules.due")}</th>
              <th scope="col">${t("schedules.state")}</th>
              <th scope="col">${t("schedules.ended")}</th>
              <th scope="col">${t("schedules.tries")}</th>
              <th scope="col">${t("schedules.problem")}</th>
            </tr>
          </thead>
          <tbody>
            ${this.#runs?.items.map(
              (run) =>
                html`<tr>
                  <td>${dateTime(run.dueAt)}</td>
                  <td>${stateOf(run)}</td>
                  <td>${run.finishedAt === undefined ? "" : dateTime(run.finishedAt)}</td>
                  <td>${run.attempt}</td>
                  <td class="problem">
                    ${run.reason === undefined ? (run.problem ?? "") : t(`schedules.${run.reason}`)}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.#runs?.foot(t("schedules.never"), (error) => (this.error = error))}`;
  }

  async #load(): Promise<void> {
    const { plugin, bureau } = this;
    try {
      ({ schedules: this.schedules } = await client(supervisorApi).schedules({ plugin, bureau }));
      await this.#runs?.load();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  async #open(schedule: string): Promise<void> {
    this.opened = this.opened === schedule ? "" : schedule;
    const { plugin, bureau } = this;
    this.#runs = new Pages<ScheduleRun>(
      async (page) => {
        const { runs, ...rest } = await client(supervisorApi).scheduleRuns({ plugin, bureau, schedule, ...page });
        return { items: runs, ...rest };
      },
      () => this.requestUpdate(),
    );
    await this.#runs.load().catch((error: unknown) => (this.error = error));
  }

  async #run(schedule: string, title: string): Promise<void> {
    const { plugin, bureau } = this;
    this.working = true;
    try {
      await client(supervisorApi).runSchedule({ plugin, bureau, schedule });
      announce(t("schedules.started", { title }));
      await this.#load();
    } catch (error) {
      this.error = error;
    } finally {
      this.working = false;
    }
  }
}

function stateOf({ state }: ScheduleRun): TemplateResult {
  return html`<span class="badge ${TONE[state]}">${t(`schedules.is-${state}`)}</span>`;
}
