import {
  type InstanceDetail,
  isJinshuiError,
  sampleValues,
  type Scenario,
  type ScenarioAct,
  type TaskSummary,
  workflowApi,
  type WorkflowApi,
  type Client,
} from "@jinshui/contracts";
import { actionIds } from "@jinshui/engine/site-check";
import type { TestSite } from "@jinshui/testing";
import { setTimeout as sleep } from "node:timers/promises";
import { type DemoPerson, demoPeople, type ShippedProcess } from "./library.js";

/** What a walk has found of a matter. */
export interface Walked {
  detail: InstanceDetail;
  documents: { title: string; filed: boolean }[];
  intact: boolean;
  /** Papers whose fields were filled in on the way. */
  supplied: Set<string>;
  /** Distinct steps that somebody has done. */
  steps: Set<string>;
}

const BACK = new Set(["return", "reject", "withdraw"]);
/** What somebody is told who is none of a task's candidates, or comes after the last vote. */
const NOT_THEIRS = new Set(["not-found", "forbidden", "task-closed", "stale-version"]);
const MOST_TASKS = 60;

/** Goes scenarios' ways through a site as the people who hold the positions. */
export class Walker {
  readonly #clients = new Map<string, Promise<Client<WorkflowApi>>>();
  readonly #people = demoPeople();
  #lastSignIn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly site: TestSite,
    readonly bureau: string,
    /** Who may see all matters and archives of the bureau. */
    readonly administrator: string,
    readonly parent = bureau,
  ) {}

  as(username: string): Promise<Client<WorkflowApi>> {
    const known = this.#clients.get(username);
    if (known) return known;
    // one after another: proving passwords is slow on purpose
    const client = this.#lastSignIn.then(() => this.#signIn(username));
    this.#lastSignIn = client.catch(() => undefined);
    this.#clients.set(username, client);
    return client;
  }

  /** Waits where a site has had as many sign-ins from one address as it lets through in a minute. */
  async #signIn(username: string): Promise<Client<WorkflowApi>> {
    for (;;)
      try {
        return (await this.site.signIn(username)).client(workflowApi);
      } catch (error) {
        if (!isJinshuiError(error) || error.code !== "too-many-requests") throw error;
        await sleep(error.retryAfterMs ?? 1_000);
      }
  }

  #holders(position: string, bureau: string): DemoPerson[] {
    return this.#people.filter(
      (person) => person.bureau === bureau && person.positions.some((held) => held.position === position),
    );
  }

  /** The definition that a process of this key has in the bureau. */
  async definition(key: string): Promise<string> {
    const client = await this.as(this.administrator);
    const { definitions } = await client.definitions({ limit: 200 });
    const found = definitions.find((definition) => definition.key === key);
    if (!found) throw new Error(`${key} is not among the ${definitions.length} matters of ${this.bureau}`);
    return found.id;
  }

  async walk({ model, forms, key }: ShippedProcess, scenario: Scenario, definition: string): Promise<Walked> {
    const [position = ""] = (model.extensions["startPositions"] ?? "").split(",");
    const starter = this.#holders(position, this.bureau)[0]?.username;
    if (starter === undefined) throw new Error(`nobody in ${this.bureau} holds ${position}`);
    const form = forms.find(({ id }) => id === key);
    const supplied = new Set<string>();
    const note = (values: Record<string, unknown>): void => {
      for (const { key: field = "", jinshui } of form?.components ?? [])
        if (jinshui?.document !== undefined && field in values && values[field] !== "none")
          supplied.add(jinshui.document);
    };
    const first = { ...sampleValues(form, "start", true), ...scenario.start };
    note(first);
    const { id } = await (await this.as(starter)).start({ definition, values: first });
    const given = new Map(Object.entries(scenario.steps).map(([step, acts]) => [step, [...acts]]));
    const steps = new Set<string>();
    const administrator = await this.as(this.administrator);
    for (let count = 0; ; count += 1) {
      const detail = await administrator.instance({ id });
      const open = detail.tasks.filter(({ state }) => state === "open");
      if (detail.state !== "active" || open.length === 0 || count > MOST_TASKS) {
        if (detail.state !== "completed")
          throw new Error(`${key} ${scenario.id}: ${detail.state} at ${detail.steps.join("、")} after ${count} tasks`);
        return { detail, supplied, steps, ...(await this.#archived(id)) };
      }
      for (const task of open) {
        const extensions = model.elements[task.element]?.extensions ?? {};
        const [usual = ""] = actionIds(extensions);
        const act: ScenarioAct = (task.part === "confirm" ? undefined : given.get(task.element)?.shift()) ?? {
          action: usual,
        };
        const filled =
          BACK.has(act.action) || task.part === "confirm" ? {} : { ...sampleValues(form, task.element, false) };
        const values = { ...filled, ...act.values };
        note(values);
        steps.add(task.element);
        await this.#finish(task, extensions, starter, { ...act, values });
      }
    }
  }

  /** As the first of those who may hold the task's position whose task it is. */
  async #finish(
    task: TaskSummary,
    extensions: Record<string, string>,
    starter: string,
    { action, opinion = "同意。", values }: ScenarioAct & { values: Record<string, unknown> },
  ): Promise<void> {
    const positions = (extensions["signers"] ?? extensions["position"] ?? "").split(" ").filter((id) => id !== "");
    const bureau = extensions["within"] === "parent" ? this.parent : this.bureau;
    const candidates =
      positions.length === 0
        ? [starter]
        : positions.flatMap((position) => this.#holders(position, bureau).map(({ username }) => username));
    for (const username of candidates) {
      const done = await (
        await this.as(username)
      )
        .complete({ id: task.id, version: task.version, action, opinion, values })
        .catch((error: unknown) => {
          if (isJinshuiError(error) && NOT_THEIRS.has(error.code)) return undefined;
          throw error;
        });
      if (done) return;
    }
    const now = (await (await this.as(this.administrator)).instance({ id: task.instance })).tasks;
    // another vote has decided meanwhile
    if (now.some(({ id, state }) => id === task.id && state !== "open")) return;
    throw new Error(`${task.element} of ${task.title}: none of ${candidates.join(", ")} can do it`);
  }

  async #archived(instance: string): Promise<Pick<Walked, "documents" | "intact">> {
    const client = await this.as(this.administrator);
    const { number } = await client.instance({ id: instance });
    const { archives } = await client.archives({ search: number, limit: 10 });
    const found = archives.find((archive) => archive.instance === instance);
    if (!found) throw new Error(`${number} is not in the archive`);
    const { documents = [], intact } = await client.archive({ id: found.id });
    return { documents, intact };
  }
}
