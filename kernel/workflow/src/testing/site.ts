import { type Auth } from "@jinshui/auth";
import { context as callContext, testAuth } from "@jinshui/auth/testing";
import { silent } from "@jinshui/bus";
import {
  type Context,
  type FormSchema,
  type Handlers,
  isJinshuiError,
  type Job,
  type TaskSummary,
  type WorkflowApi,
} from "@jinshui/contracts";
import { apply, type EngineEvent, type InstanceState } from "@jinshui/engine";
import { openSignatures, type Signatures } from "@jinshui/signature";
import { type FileStore, newId } from "@jinshui/storage";
import { type TestDatabase, testFiles } from "@jinshui/storage/testing";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkflow, type Workflow } from "../open-workflow.js";
import { REQUISITION, REQUISITION_FORM } from "./processes.js";

/** The plugin that brings the processes of a test site. */
export const PLUGIN = "asset";

/** A workflow service on a test database, with the people of auth's test organisation and one plugin in 芜湖. */
export class WorkflowSite {
  readonly handlers: Handlers<WorkflowApi>;
  /** A call of the plugin itself. */
  readonly plugin = callContext({ caller: PLUGIN });

  constructor(
    readonly db: TestDatabase,
    readonly auth: Auth,
    readonly signatures: Signatures,
    readonly files: FileStore,
    readonly workflow: Workflow,
    readonly enabled: Map<string, Map<string, []>>,
  ) {
    this.handlers = workflow.handlers;
  }

  /** Opens the service with the requisition process deployed; on a database that was used before it goes on there. */
  static async open(db: TestDatabase, keys: { validityMs?: number; keysFolder?: string } = {}): Promise<WorkflowSite> {
    const { auth } = await testAuth(db);
    const enabled = new Map([["wuhu", new Map<string, []>([[PLUGIN, []]])]]);
    auth.access.setCatalogue(enabled);
    const folder = await mkdtemp(join(tmpdir(), "jinshui-workflow-"));
    const files = testFiles(db.database, join(folder, "files"));
    const signatures = await openSignatures({ database: db.database, auth, keysFolder: folder, ...keys });
    const workflow = await openWorkflow({
      database: db.database,
      auth,
      signatures,
      files,
      enablement: { enabledPlugins: (bureau) => [...(enabled.get(bureau)?.keys() ?? [])] },
      log: silent,
    });
    const site = new WorkflowSite(db, auth, signatures, files, workflow, enabled);
    await site.deploy();
    return site;
  }

  /** Says which plugins a bureau has from now on. */
  enable(bureau: string, ...plugins: string[]): void {
    this.enabled.set(bureau, new Map(plugins.map((plugin) => [plugin, []])));
  }

  /** Deploys the requisition and more processes, all in the plugin's name. */
  async deploy(more: string[] = [], forms: FormSchema[] = [], jobs: string[] = []): Promise<void> {
    const processes = [REQUISITION, ...more].map((xml, index) => ({ file: `${index}.bpmn`, xml }));
    await this.workflow.definitions.deployPlugin(PLUGIN, [
      { processes, forms: [REQUISITION_FORM, ...forms], jobs: ["issue", ...jobs] },
    ]);
  }

  /** The context of a person's call through the gateway. */
  async as(username: string, extra: Partial<Context> = {}): Promise<Context> {
    const person = await this.db.database.findOne("person", { username });
    const who = { id: String(person?.["id"]), name: String(person?.["name"]), bureau: String(person?.["bureau"]) };
    return callContext({
      bureau: who.bureau,
      actor: await this.auth.access.tokens.mint(who, "gateway"),
      ...extra,
    });
  }

  /** Gives a person one more position. */
  async appoint(username: string, position: string, department = "data-centre"): Promise<void> {
    const person = await this.db.database.findOne("person", { username });
    const held = { person: person?.["id"], bureau: person?.["bureau"], position, department };
    await this.db.database.transaction((tx) => tx.insert("holding", { id: newId(), ...held }));
    await this.auth.access.changed();
  }

  /** One more person, who holds a position. */
  async hire(username: string, position: string, bureau = "wuhu", department = "levy"): Promise<string> {
    const id = newId();
    const who = { id, bureau, username, name: username, department, password_hash: "-" };
    await this.db.database.transaction((tx) => tx.insert("person", { ...who, created_at: tx.time }));
    await this.appoint(username, position, department);
    return id;
  }

  /** Takes a position from a person. */
  async dismiss(username: string, position: string): Promise<void> {
    const person = await this.db.database.findOne("person", { username });
    await this.db.database.transaction((tx) => tx.remove("holding", { person: String(person?.["id"]), position }));
    await this.auth.access.changed();
  }

  /** Has one person do the work of another's positions, today and tomorrow. */
  async delegate(from: string, to: string): Promise<string> {
    const person = await this.db.database.findOne("person", { username: to });
    const since = this.auth.organisation.today();
    const { id } = await this.auth.organisationHandlers.delegate(
      { to: String(person?.["id"]), since, until: since, reason: "出差" },
      await this.as(from),
    );
    return id;
  }

  async inbox(username: string): Promise<TaskSummary[]> {
    return (await this.handlers.tasks({ kind: "todo" }, await this.as(username))).tasks;
  }

  /** Starts a matter, as 李霞 unless somebody else is named; returns its id. */
  async start(
    values: Record<string, unknown> = { reason: "新到岗" },
    key = "requisition",
    username = "lixia",
  ): Promise<string> {
    const context = await this.as(username);
    const { definitions } = await this.handlers.definitions({ startable: true, limit: 200 }, context);
    const definition = definitions.find((candidate) => candidate.key === key)?.id ?? "";
    return (await this.handlers.start({ definition, values }, context)).id;
  }

  /** Finishes the first task in a person's inbox, or the first at the step named. */
  async act(
    username: string,
    action = "complete",
    values: Record<string, unknown> = {},
    { opinion = "意见", element }: { opinion?: string; element?: string } = {},
  ): Promise<void> {
    const task = (await this.inbox(username)).find(
      (candidate) => element === undefined || candidate.element === element,
    );
    await this.handlers.complete(
      { id: task?.id ?? "none", version: task?.version ?? 0, action, opinion, values },
      await this.as(username),
    );
  }

  /** The last job message that was put into the outbox. */
  async job(): Promise<Job> {
    const [row] = await this.db.database.find("outbox", {
      where: { subject: { startsWith: "jinshui.job." } },
      orderBy: ["-seq"],
      limit: 1,
    });
    return row?.["body"] as Job;
  }

  /** The state that an instance's stored facts give, and the stored one. */
  async replayed(instance: string): Promise<{ replayed: InstanceState | undefined; stored: InstanceState }> {
    const rows = await this.db.database.find("wf_event", { where: { instance }, orderBy: ["seq"] });
    const events = rows.flatMap((row) => row["events"] as EngineEvent[]);
    return {
      replayed: events.reduce<InstanceState | undefined>((state, event) => apply(state, event), undefined),
      stored: (await this.db.database.findOne("wf_instance", { id: instance }))?.["state"] as InstanceState,
    };
  }
}

/** The code a call fails with, or `ok`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );
}
