import {
  type ActorRef,
  CLOCK_PERMISSION,
  type HistoryEntry,
  type Incident,
  type InstanceDetail,
  type LinkedInstance,
  type InstanceSummary,
  JinshuiError,
  type SignatureCheck,
  type TaskSummary,
} from "@jinshui/contracts";
import { type EngineEvent, type InstanceState, waitsOf } from "@jinshui/engine";
import { signedActions } from "@jinshui/engine/site-check";
import type { Signatures } from "@jinshui/signature";
import type { Actor, Database, Reader, Row } from "@jinshui/storage";
import type { Definition, Definitions } from "../definition/definitions.js";
import type { ArchiveContent } from "../archiving/archive-content.js";
import { mayCancel } from "../runtime/cancel.js";
import { actionsFor } from "../office/task-actions.js";
import { wayBack } from "../office/take-back.js";
import { mayUrge } from "../office/urge.js";
import { type LoadedInstance, stepName } from "../runtime/instance.js";
import { checkArchive } from "../signing/check-archive.js";
import { checkSignatures } from "../signing/signature-checks.js";
import { instanceSummary, taskSummary } from "./summaries.js";

/** Columns of a matter that summaries of its tasks show. */
const TOLD = ["id", "number", "title", "definition", "applicant", "applicant_department"];

/** Reads instances and tasks for people who may see them. */
export class Queries {
  constructor(
    readonly database: Database,
    readonly definitions: Definitions,
    readonly signatures: Signatures,
  ) {}

  /** An instance the actor may see: as applicant, as somebody who had a task in it, or with `site.instances`; else 404. */
  async requireInstance(actor: Actor, id: string): Promise<Row> {
    const row = await this.database.findOne("wf_instance", { id });
    // somebody of another bureau has a task in it where the bureau above decides
    if (!row || !(await this.maySee(actor, row)))
      throw new JinshuiError("not-found", `There is no instance ${id} for ${actor.name}`, {
        details: { instance: id },
      });
    return row;
  }

  async instanceSummaries(rows: Row[]): Promise<InstanceSummary[]> {
    return Promise.all(
      rows.map(async (row) => instanceSummary(row, (await this.definitions.get(String(row["definition"]))).title)),
    );
  }

  /** A task as the actor sees it, with its matter. */
  async taskWithInstance(
    id: string,
    actor: Actor,
    reader: Reader = this.database,
  ): Promise<{ task: TaskSummary; instance: InstanceSummary }> {
    const task = await reader.findOne("wf_task", { id });
    const row = task && (await reader.findOne("wf_instance", { id: String(task["instance"]) }));
    if (!row) throw new JinshuiError("not-found", `There is no task ${id}`, { details: { task: id } });
    const { title } = await this.definitions.get(String(row["definition"]), reader);
    return { task: await this.#taskSummary(task, row, actor), instance: instanceSummary(row, title) };
  }

  async instanceSummary(id: string): Promise<InstanceSummary> {
    const row = await this.database.findOne("wf_instance", { id });
    const [summary] = row ? await this.instanceSummaries([row]) : [];
    if (!summary) throw new JinshuiError("not-found", `There is no instance ${id}`);
    return summary;
  }

  /** Whether somebody may see a matter. */
  async maySee(actor: Actor, row: Row, reader: Reader = this.database): Promise<boolean> {
    const id = String(row["id"]);
    return (
      row["applicant_id"] === actor.id ||
      (row["bureau"] === actor.bureau && actor.permissions.has("site.instances")) ||
      (await reader.findOne("wf_candidate", { instance: id, person: actor.id })) !== undefined ||
      (await reader.findOne("wf_copy", { instance: id, person: actor.id })) !== undefined ||
      // who is told that it is late may look at it
      (await reader.findOne("wf_notice", { person: actor.id, instance: id, kind: "overdue-below" })) !== undefined
    );
  }

  /** What called a matter and what it has called, as far as the actor may see them. */
  async #linked(actor: Actor, { id, parent }: Row): Promise<Pick<InstanceDetail, "parent" | "children">> {
    const rows = await this.database.find("wf_instance", {
      where: { or: [{ parent: String(id) }, ...(typeof parent === "string" ? [{ id: parent }] : [])] },
      orderBy: ["-id"],
      limit: 50,
    });
    const seen: Row[] = [];
    for (const row of rows) if (await this.maySee(actor, row)) seen.push(row);
    const above = seen.find((row) => row["id"] === parent);
    const link = (row: Row): LinkedInstance => {
      const { id: linked, number, title, state } = instanceSummary(row, { "zh-CN": "" });
      return { id: linked, number, title, state };
    };
    return { ...(above ? { parent: link(above) } : {}), children: seen.filter((row) => row !== above).map(link) };
  }

  async instanceDetail(row: Row, actor: Actor): Promise<InstanceDetail> {
    const id = String(row["id"]);
    const definition = await this.definitions.get(String(row["definition"]));
    const state = row["state"] as InstanceState;
    const tasks = await this.database.find("wf_task", {
      where: { instance: id },
      orderBy: ["arrived_at", "id"],
      limit: 200,
    });
    const history = await this.history(id);
    return {
      ...instanceSummary(row, definition.title),
      ...(await this.#linked(actor, row)),
      version: Number(row["version"]),
      variables: state.variables,
      forms: definition.forms,
      history,
      signatures: await checkSignatures(this.database, this.signatures, { row, definition, history }),
      ...(await this.places(id, state)),
      incidents: incidentsOf(definition, state),
      mine: await this.#mine(actor, tasks),
      cancellable: await mayCancel(this.database, actor, row),
      suspended: state.suspended === true,
      suspendable:
        state.status === "active" && row["bureau"] === actor.bureau && actor.permissions.has("site.instances"),
      urgeable: mayUrge(actor, row, new Date().toISOString()),
      takeable: await this.#takeable(actor, { row, definition, state }, tasks),
      ...(await this.#clock(row, actor)),
      tasks: tasks
        .filter(({ state: at }) => at !== "planned")
        .map((task) => taskSummary(task, row, definition.title, actor)),
    };
  }

  /** Whether and why the clock stands, and whether the actor may change that. */
  async #clock(row: Row, actor: Actor): Promise<Pick<InstanceDetail, "stopped" | "clock">> {
    const clock = actor.permissions.has(CLOCK_PERMISSION) && (row["ended_at"] ?? null) === null;
    const pauses = await this.database.find("wf_pause", {
      where: { instance: String(row["id"]), until: null },
      orderBy: ["since"],
    });
    // what a person has stopped is told before what a step has
    const pause = pauses.find(({ task }) => (task ?? null) === null) ?? pauses[0];
    if (!pause) return { clock };
    const stopped = {
      since: String(pause["since"]),
      reason: String(pause["reason"]),
      resumable: (pause["task"] ?? null) === null,
    };
    return { clock, stopped };
  }

  async history(instance: string): Promise<HistoryEntry[]> {
    const lines = await this.database.find("wf_history", { where: { instance }, orderBy: ["id"] });
    return lines.map((line) => line["entry"] as HistoryEntry);
  }

  /** The signatures of an archived matter. */
  async archiveSignatures(content: ArchiveContent, intact: boolean): Promise<SignatureCheck[]> {
    const row = await this.database.findOne("wf_instance", { id: content.instance });
    if (!row) throw new JinshuiError("internal", `archived instance ${content.instance} is gone`);
    const definition = await this.definitions.get(String(row["definition"]));
    const history = await this.history(content.instance);
    return checkArchive(this.database, this.signatures, { row, definition, history }, content, intact);
  }

  /** Elements where tokens are, and where they have been, from the stored facts. */
  async places(
    instance: string,
    state: InstanceState,
  ): Promise<{ activeElements: string[]; passedElements: string[] }> {
    const activeElements = [
      ...new Set(
        Object.values(state.tokens)
          .filter(({ inner }) => inner === undefined)
          .map(({ element }) => element),
      ),
    ];
    const rows = await this.database.find("wf_event", { where: { instance }, orderBy: ["seq"] });
    const left = rows
      .flatMap((row) => row["events"] as EngineEvent[])
      .flatMap((event) =>
        event.type === "element-left"
          ? [event.element]
          : event.type === "token-moved" && event.flow !== undefined
            ? [event.flow]
            : [],
      );
    return {
      activeElements,
      passedElements: [...new Set(left)].filter((element) => !activeElements.includes(element)),
    };
  }

  /** Summaries of tasks in the given order, as the actor sees them. */
  async taskSummaries(ids: string[], actor: Actor): Promise<TaskSummary[]> {
    if (ids.length === 0) return [];
    const tasks = new Map(
      (await this.database.find("wf_task", { where: { id: { in: ids } } })).map((task): [string, Row] => [
        String(task["id"]),
        task,
      ]),
    );
    const instances = await this.#instancesOf([...tasks.values()]);
    const found = ids.map((id) => tasks.get(id)).filter((task) => task !== undefined);
    return Promise.all(
      found.map(async (task) => this.#taskSummary(task, instances.get(String(task["instance"])), actor)),
    );
  }

  /** A task the actor is a candidate of, with its instance; else 404. */
  async requireTask(actor: Actor, id: string): Promise<{ task: Row; instance: Row; definition: Definition }> {
    const task = await this.database.findOne("wf_task", { id, bureau: actor.bureau });
    const candidate = task && (await this.database.findOne("wf_candidate", { task: id, person: actor.id }));
    const instance = task && (await this.database.findOne("wf_instance", { id: String(task["instance"]) }));
    if (!task || !instance || !(candidate ?? actor.permissions.has("site.instances")))
      throw new JinshuiError("not-found", `There is no task ${id} for ${actor.name}`, { details: { task: id } });
    return { task, instance, definition: await this.definitions.get(String(instance["definition"])) };
  }

  /** Whether the actor may act on the task now. */
  async isMine(actor: Actor, task: Row): Promise<boolean> {
    const assignee = task["assignee"] as ActorRef | undefined;
    if (task["state"] !== "open" || (assignee && assignee.id !== actor.id)) return false;
    return (await this.database.findOne("wf_candidate", { task: String(task["id"]), person: actor.id })) !== undefined;
  }

  async #mine(actor: Actor, tasks: Row[]): Promise<string[]> {
    const mine: string[] = [];
    for (const task of tasks) if (await this.isMine(actor, task)) mine.push(String(task["id"]));
    return mine;
  }

  async #takeable(actor: Actor, instance: LoadedInstance, tasks: readonly Row[]): Promise<string[]> {
    const takeable: string[] = [];
    for (const task of tasks)
      if (task["completed_by"] === actor.id && (await wayBack(this.database, instance, task)))
        takeable.push(String(task["id"]));
    return takeable;
  }

  /** What summaries of tasks say of their matters. */
  async #instancesOf(tasks: Row[]): Promise<Map<string, Row>> {
    const read = async (ids: string[], columns: string[]): Promise<[string, Row][]> =>
      (await this.database.find("wf_instance", { where: { id: { in: ids } }, columns })).map((row) => [
        String(row["id"]),
        row,
      ]);
    const ids = [...new Set(tasks.map((task) => String(task["instance"])))];
    const found = new Map(await read(ids, TOLD));
    // a matter's whole state, which may be long, only where what is told is nowhere else
    const old = ids.filter((id) => found.get(id)?.["applicant_department"] === undefined);
    if (old.length > 0) for (const [id, row] of await read(old, [...TOLD, "state"])) found.set(id, row);
    return found;
  }

  async #taskSummary(task: Row, instance: Row | undefined, actor: Actor): Promise<TaskSummary> {
    if (!instance) throw new JinshuiError("internal", `task ${String(task["id"])} has no instance`);
    const definition = await this.definitions.get(String(instance["definition"]));
    return {
      ...taskSummary(task, instance, definition.title, actor),
      ...(isApprovable(task, definition, actor) ? { approvable: true } : {}),
    };
  }
}

function incidentsOf(definition: Definition, state: InstanceState): Incident[] {
  return waitsOf(state).flatMap(({ element, code, message = "" }) =>
    code === undefined ? [] : [{ element, step: stepName(definition, element), code, message }],
  );
}

function isApprovable(task: Row, { model }: Definition, actor: Actor): boolean {
  const extensions = model.elements[String(task["element"])]?.extensions ?? {};
  const assignee = (task["assignee"] as ActorRef | undefined)?.id;
  return (
    task["state"] === "open" &&
    (assignee === undefined || assignee === actor.id) &&
    actionsFor(task, extensions).some(({ id }) => id === "approve") &&
    !signedActions(extensions).includes("approve")
  );
}
