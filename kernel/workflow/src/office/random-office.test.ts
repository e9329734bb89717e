import { isJinshuiError } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import { type Actor, type Row, type Transaction } from "@jinshui/storage";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { isNegative } from "../definition/actions.js";
import { Calendars } from "../calendar/calendars.js";
import { Deadlines } from "../calendar/deadlines.js";
import { Runtime } from "../runtime/runtime.js";
import { Assignment } from "../runtime/assignment.js";
import { matterFault } from "../testing/matter-fault.js";
import { blocks, drawn } from "../testing/random-process.js";
import { WorkflowSite } from "../testing/site.js";
import { addSigners, consult, removeSigner } from "./change-signers.js";
import { jump } from "./jump.js";
import type { Office } from "./office.js";
import { sendBack } from "./send-back.js";
import { targetsOf } from "./send-back-targets.js";
import { takeBack } from "./take-back.js";
import { actionsFor } from "./task-actions.js";
import { transfer } from "./transfer.js";

const RUNS = Number(process.env["JINSHUI_OFFICE_RUNS"] ?? 150);
const SEED = Number(process.env["JINSHUI_OFFICE_SEED"] ?? Date.now() % 1_000_000_000);
/** Matters of each process: reading a process costs more than running it. */
const MATTERS = 5;
const EXPECTED = new Set(["conflict", "not-found", "task-taken", "forbidden", "stale-version", "task-closed"]);

/** What somebody may try next: of which open task, which operation, and choices within it. */
const moves = fc.array(fc.tuple(fc.nat(30), fc.nat(19), fc.nat(30)), { maxLength: 8 });

class Trial {
  readonly done = new Map<string, number>();
  readonly runtime: Runtime;
  readonly office: Office;
  readonly actors = new Map<string, Actor>();
  ids: string[] = [];

  constructor(readonly site: WorkflowSite) {
    const { definitions } = site.workflow;
    const assignment = new Assignment(site.auth.organisation);
    const { organisation } = site.auth;
    const calendars = new Calendars(site.db.database, (bureau) => organisation.bureau(bureau)?.parent);
    const deadlines = new Deadlines(calendars);
    this.office = { definitions, assignment, deadlines };
    this.runtime = new Runtime(site.db.database, definitions, assignment, site.signatures, deadlines, site.files);
  }

  async open(): Promise<void> {
    for (const row of await this.site.db.database.find("person", { where: { bureau: "wuhu" } })) {
      const person = await this.site.auth.organisation.person(String(row["id"]));
      if (person) this.actors.set(person.id, this.site.auth.access.actor(person));
    }
    this.ids = [...this.actors.keys()];
  }

  actor(id: string): Actor {
    const actor = this.actors.get(id);
    if (!actor) throw new Error(`nobody ${id}`);
    return actor;
  }

  async start(key: string): Promise<string> {
    const { database } = this.site.db;
    const row = await database.findOne("wf_definition", { process_key: key });
    const definition = await this.office.definitions.get(String(row?.["id"]));
    const applicant = [...this.actors.values()].find(({ name }) => name === "李霞");
    if (!applicant) throw new Error("nobody applies");
    return database.transaction((tx) => this.runtime.start(tx, { actor: applicant, trace: "" }, definition, {}));
  }

  tasks(instance: string): Promise<Row[]> {
    return this.site.db.database.find("wf_task", { where: { instance }, orderBy: ["id"] });
  }

  /** Who sees an open task. */
  async seenBy(task: Row): Promise<string[]> {
    const where = { task: String(task["id"]), visible: true };
    const rows = await this.site.db.database.find("wf_candidate", { where, orderBy: ["person"] });
    return rows.map(({ person }) => String(person));
  }

  async complete(instance: string, task: Row, choice: number, forward: boolean): Promise<void> {
    const people = await this.seenBy(task);
    const actor = this.actor(people[choice % people.length] ?? "");
    const row = await this.site.db.database.findOne("wf_instance", { id: instance });
    const definition = await this.office.definitions.get(String(row?.["definition"]));
    const extensions = definition.model.elements[String(task["element"])]?.extensions ?? {};
    const actions = actionsFor(task, extensions).filter(({ id }) => !forward || !isNegative(id));
    const action = actions[choice % actions.length]?.id ?? "";
    const input = { id: String(task["id"]), version: Number(task["version"]), action, opinion: "意见", values: {} };
    await this.#try((tx) => this.runtime.complete(tx, { actor, trace: "" }, input), forward);
  }

  async operate(instance: string, [which, what, choice]: [number, number, number]): Promise<void> {
    const rows = await this.tasks(instance);
    const open = rows.filter(({ state }) => state === "open");
    const task = open[which % Math.max(1, open.length)];
    if (!task) return;
    const people = await this.seenBy(task);
    const actor = this.actor(people[choice % Math.max(1, people.length)] ?? this.ids[0] ?? "");
    const asked = { actor, trace: "" };
    const own = { id: String(task["id"]), version: Number(task["version"]) };
    const other = this.ids[choice % this.ids.length] ?? "";
    const reason = "随机";
    const admin = { actor: [...this.actors.values()].find(({ name }) => name === "孙洁") ?? actor, trace: "" };
    const named = async (name: string, work: (tx: Transaction) => Promise<unknown>): Promise<void> => {
      if (await this.#try(work, false)) this.done.set(name, (this.done.get(name) ?? 0) + 1);
    };
    if (what < 6) await this.complete(instance, task, choice, false);
    else if (what < 10) {
      const row = await this.site.db.database.findOne("wf_instance", { id: instance });
      const definition = await this.office.definitions.get(String(row?.["definition"]));
      const loaded = { row: row ?? {}, definition, state: row?.["state"] as InstanceState };
      const targets = await targetsOf(this.site.db.database, loaded, task);
      const target = targets[choice % Math.max(1, targets.length)];
      const direct = what === 9 && target?.direct === true;
      if (target)
        await named(direct ? "send-back-direct" : "send-back", (tx) =>
          sendBack(this.office, tx, asked, { ...own, to: target.element, opinion: reason, direct }),
        );
    } else if (what < 13) {
      const finished = rows.filter(({ state }) => state === "completed");
      const mine = finished[finished.length - 1 - (choice % Math.max(1, Math.min(2, finished.length)))];
      if (!mine) return;
      const by = { actor: this.actor(String(mine["completed_by"])), trace: "" };
      await named("take-back", (tx) => takeBack(this.office, tx, by, String(mine["id"])));
    } else if (what < 15)
      await named("add-signers", (tx) =>
        addSigners(this.office, tx, asked, {
          ...own,
          people: [other],
          place: what === 13 ? "before" : "after",
          reason,
        }),
      );
    else if (what === 15)
      await named("consult", (tx) => consult(this.office, tx, asked, { ...own, person: other, question: reason }));
    else if (what === 16)
      await named("transfer", (tx) => transfer(this.office, tx, asked, { ...own, to: other, reason }));
    else if (what === 17) {
      const waiting = rows.filter(({ state }) => state === "open" || state === "planned");
      const gone = waiting[choice % Math.max(1, waiting.length)] ?? task;
      await named("remove-signer", (tx) => removeSigner(this.office, tx, admin, { id: String(gone["id"]), reason }));
    } else if (what === 18) await named("claim", (tx) => this.runtime.assign(tx, asked, own.id, own.version, true));
    else {
      const row = await this.site.db.database.findOne("wf_instance", { id: instance });
      const { model } = await this.office.definitions.get(String(row?.["definition"]));
      const steps = Object.values(model.elements).filter(({ type }) => type === "userTask");
      const to = steps[choice % steps.length]?.id ?? "";
      await named("jump", (tx) =>
        jump(this.office, tx, admin, { id: instance, from: String(task["element"]), to, reason }),
      );
    }
  }

  /** Whether it was done; what the rules refuse is no fault. */
  async #try(work: (tx: Transaction) => Promise<unknown>, must: boolean): Promise<boolean> {
    try {
      await this.site.db.database.transaction(work);
      return true;
    } catch (error) {
      if (must || !isJinshuiError(error) || !EXPECTED.has(error.code)) throw error;
      return false;
    }
  }

  /** Why a matter can't be as it is, or nothing. */
  async fault(instance: string): Promise<string | undefined> {
    const row = await this.site.db.database.findOne("wf_instance", { id: instance });
    const shown = await this.site.db.database.find("wf_candidate", { where: { instance, visible: true } });
    return matterFault({
      state: row?.["state"] as InstanceState,
      tasks: await this.tasks(instance),
      seen: new Set(shown.map(({ task }) => task)),
    });
  }
}

async function openTrial(t: ExecutionContext): Promise<Trial> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  const site = await WorkflowSite.open(db);
  await site.hire("clerk-2", "clerk");
  await site.hire("clerk-3", "clerk");
  await site.hire("chief-2", "section-chief");
  await site.hire("equipment-2", "equipment");
  await site.hire("director", "director");
  const trial = new Trial(site);
  await trial.open();
  return trial;
}

test("whatever an office does with whatever process, no matter is stuck, no token is lost, and every one can be brought to its end", async (t) => {
  t.timeout(300_000);
  t.log(`seed ${SEED}: JINSHUI_OFFICE_SEED=${SEED} does it again`);
  const trial = await openTrial(t);
  const processes = fc
    .sample(blocks, { numRuns: Math.ceil(RUNS / MATTERS), seed: SEED })
    .map((block, index) => drawn(`p${index}`, block));
  await trial.site.deploy(processes);
  const began = Date.now();
  for (const [index, choices] of fc.sample(moves, { numRuns: RUNS, seed: SEED }).entries()) {
    const kind = index % processes.length;
    const id = await trial.start(`p${kind}`);
    const sound = async (what: string): Promise<void> => {
      const fault = await trial.fault(id);
      if (fault !== undefined)
        t.fail(
          `${fault} after ${what}, run ${index} of seed ${SEED}: ${JSON.stringify(choices)}\n${processes[kind] ?? ""}`,
        );
    };
    await sound("the start");
    for (const choice of choices) {
      await trial.operate(id, choice);
      await sound(JSON.stringify(choice));
    }
    for (let count = 0; ; count += 1) {
      const [task] = (await trial.tasks(id)).filter(({ state }) => state === "open");
      if (!task) break;
      if (count > 300) t.fail(`it does not end: run ${index} of seed ${SEED}`);
      await trial.complete(id, task, 0, true);
    }
    await sound("the end");
    const row = await trial.site.db.database.findOne("wf_instance", { id });
    t.is(row?.["status"], "completed", `run ${index} of seed ${SEED}`);
  }
  t.log(`${RUNS} matters in ${Date.now() - began} ms: ${JSON.stringify(Object.fromEntries(trial.done))}`);
  for (const name of ["send-back", "take-back", "add-signers", "jump"])
    t.true(RUNS < 100 || (trial.done.get(name) ?? 0) > 0, `${name} was tried`);
  t.true(RUNS < 300 || (trial.done.get("transfer") ?? 0) > 0, "the rarest was tried");
});
