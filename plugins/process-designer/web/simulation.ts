import { type ElementModel, MemoryRunner, type Variables, type Waiting } from "@jinshui/engine";
import { actionIds } from "@jinshui/engine/site-check";

/** The applicant of every simulated matter. */
const APPLICANT = { id: "applicant", name: "" };

/** Something that a simulated matter waits for. */
export interface SimulatedWait {
  wait: Waiting;
  element: ElementModel;
  /** What can be done with a task. */
  actions: string[];
}

/** A matter that goes through a process in the browser, by the engine of the site; nothing is kept of it. */
export class Simulation {
  readonly #runner = new MemoryRunner();
  #instance = "";

  private constructor() {
    // made by `begin` alone
  }

  /** Starts a process with what its form was filled in with. */
  static async begin(xml: string, values: Variables): Promise<Simulation> {
    const simulation = new Simulation();
    const { definitions, problems } = await simulation.#runner.deploy(xml);
    const [definition] = definitions;
    if (!definition) throw new Error(problems.map(({ code }) => code).join(", "));
    simulation.#instance = simulation.#runner.start(definition.id, {
      variables: { ...values, applicant: APPLICANT, steps: {} },
    });
    return simulation;
  }

  get now(): string {
    return this.#runner.now;
  }

  get ended(): boolean {
    return this.#runner.instance(this.#instance).state.status !== "active";
  }

  /** Values of the matter, without what the platform writes itself. */
  get values(): Variables {
    const { applicant: _, steps: __, number: ___, ...values } = this.#runner.variables(this.#instance);
    return values;
  }

  /** What waits now, oldest first. */
  get waits(): SimulatedWait[] {
    const { model } = this.#runner.instance(this.#instance).definition;
    return this.#runner.waiting({ instance: this.#instance }).flatMap((wait) => {
      const element = model.elements[wait.element];
      return element ? [{ wait, element, actions: wait.kind === "task" ? actionIds(element.extensions) : [] }] : [];
    });
  }

  /** Elements where it stands, and those it has left behind. */
  get places(): { active: string[]; passed: string[] } {
    const { history, state } = this.#runner.instance(this.#instance);
    const active = [...new Set(this.waits.map(({ element }) => element.id))];
    const visited = history.activities.map(({ element }) => element);
    const passed = [...new Set(visited)].filter((id) => !active.includes(id) || state.status !== "active");
    return { active, passed };
  }

  /** Finishes a task with an action and with what was changed in its form. */
  act({ wait, element }: SimulatedWait, action: string, values: Variables): void {
    const { steps } = this.#runner.variables(this.#instance) as { steps: Record<string, unknown> };
    const result = { action, opinion: "", by: APPLICANT, at: this.now };
    this.#runner.complete(wait, { ...values, steps: { ...steps, [element.id]: result } });
  }

  /** Does what a plugin would do, or lets come what is waited for. */
  pass({ wait }: SimulatedWait): void {
    if (wait.kind === "job") this.#runner.send(this.#instance, { type: "complete-job", job: wait.id, variables: {} });
  }

  /** Moves the clock, with whatever is due on the way. */
  advance(duration: string): void {
    this.#runner.advance(duration);
  }
}
