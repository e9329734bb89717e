import { busyBlocks, bpmn, drawn, flow } from "@jinshui/workflow/testing";
import fc from "fast-check";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { root } from "../site-files.js";

/** Where everything happens. */
export const BUREAU = "chaos";
/** Where nothing must be heard of it. */
const ASIDE = "aside";
const PLUGIN = "chaos";
export const PASSWORD = "chaos-drill-2005";
export const OUTSIDER = "outsider";

const title = (text: string): { "zh-CN": string } => ({ "zh-CN": text });

/** Who works in the bureau; each is one of the clients. */
export const PEOPLE: readonly { username: string; position: string }[] = [
  { username: "clerk-1", position: "clerk" },
  { username: "clerk-2", position: "clerk" },
  { username: "clerk-3", position: "clerk" },
  { username: "chief-1", position: "section-chief" },
  { username: "chief-2", position: "section-chief" },
  { username: "equipment-1", position: "equipment" },
  { username: "equipment-2", position: "equipment" },
  { username: "director-1", position: "director" },
];

/**
 * A job's effect is a row in a collection without a unique rule, so that a second one would show. Some take their time, and some
 * fail once after their effect.
 */
const MAIN = `import { inject, job, on, plugin, runPlugin, Storage } from "@jinshui/plugin";
import { setTimeout as sleep } from "node:timers/promises";

class Chaos {
  constructor(storage) {
    this.storage = storage;
  }
  async effect({ id, instance, attempt }) {
    const chance = Number.parseInt(id.slice(-2), 16) || 0;
    if (chance % 4 === 0) await sleep(chance);
    await this.storage.insert({ collection: "chaos.effect", values: { job: id, matter: instance } });
    if (chance % 4 === 1) await sleep(chance);
    if (chance % 11 === 0 && attempt === 1) throw new Error("fails once, after its effect");
    return {};
  }
  async heard(event) {
    await this.storage.insert({
      collection: "chaos.heard",
      values: { event: event.id, matter: event.subject, sequence: event.sequence },
    });
  }
}
inject(Storage)(Chaos, undefined, 0);
plugin()(Chaos);
job("effect")(Chaos.prototype, "effect");
on("workflow.task-completed")(Chaos.prototype, "heard");
await runPlugin(Chaos);
`;

const text = (name: string): object => ({ type: "string", title: title(name), required: true, maxLength: 100 });
const collection = (name: string, fields: Record<string, object>): object => ({
  name,
  title: title(name),
  fields,
  display: { title: Object.keys(fields)[0], list: Object.keys(fields) },
  permissions: { read: ["chaos.use"], write: ["chaos.use"] },
});

const MANIFEST = {
  name: "@example/chaos",
  version: "1.0.0",
  type: "module",
  jinshui: {
    id: PLUGIN,
    schema: 1,
    title: title("演练"),
    requires: { apis: { storage: "^1.0", workflow: "^1.0" } },
    server: { main: "main.js", memoryMb: 96, concurrency: 16, drainMs: 2_000 },
    grants: { apis: ["storage", "workflow"], events: { subscribe: ["workflow.task-completed"] } },
    contributes: {
      permissions: [{ id: "chaos.use", title: title("参加演练"), positions: ["clerk"] }],
      collections: "collections/",
      processes: "processes/",
      forms: "forms/",
      jobs: ["effect"],
    },
  },
};

const FORM = {
  type: "default",
  id: "mark",
  schemaVersion: 18,
  components: [{ type: "textfield", key: "mark", label: "标记", validate: { required: true } }],
};

/** Called by others: its applicant's step, then a job. */
const CALLED = bpmn(
  "called",
  `<startEvent id="s"/><userTask id="look" name="查证" jinshui:position="clerk" jinshui:actions="approve,return"/><serviceTask id="w" jinshui:job="effect"/><endEvent id="e"/>${flow("s", "look")}${flow("look", "w")}${flow("w", "e")}`,
);

/** The random processes of a seed. */
function processesOf(seed: number, count: number): [string, string][] {
  return fc
    .sample(busyBlocks, { numRuns: count, seed })
    .map((block, index) => [
      `random-${index}`,
      drawn(`random-${index}`, block, { attributes: 'jinshui:title="mark"', start: 'jinshui:form="mark"' }),
    ]);
}

/** Writes configuration and plugin of a drill's site into a folder. */
export async function writeChaosFiles(
  folder: string,
  { seed, processes }: { seed: number; processes: number },
): Promise<{ configs: string; plugin: string }> {
  const [configs, plugin] = [join(folder, "configs"), join(folder, "plugin")];
  const files: Record<string, string> = {
    "plugin/package.json": JSON.stringify(MANIFEST),
    "plugin/main.js": MAIN,
    "plugin/collections/effect.json": JSON.stringify(collection("effect", { job: text("工作"), matter: text("事项") })),
    "plugin/collections/heard.json": JSON.stringify(
      collection("heard", {
        event: text("消息"),
        matter: text("事项"),
        sequence: { type: "integer", title: title("序号") },
      }),
    ),
    "plugin/forms/mark.json": JSON.stringify(FORM),
    "plugin/processes/called.bpmn": CALLED,
    ...Object.fromEntries(processesOf(seed, processes).map(([id, xml]) => [`plugin/processes/${id}.bpmn`, xml])),
    "configs/base.yaml": stringify({
      site: { id: BUREAU, title: title("演练") },
      plugins: [relative(root, plugin)],
      positions: Object.fromEntries(
        [...new Set(PEOPLE.map(({ position }) => position))].map((position) => [
          position,
          { title: title(position), ...(position === "director" ? { permissions: ["site.instances"] } : {}) },
        ]),
      ),
      disk: { minFreePercent: 0, minFreeMb: 0 },
    }),
    ...Object.fromEntries(
      [BUREAU, ASIDE].map((bureau) => [
        `configs/bureaus/${bureau}.yaml`,
        stringify({
          bureau,
          title: title(bureau),
          departments: [{ id: "office", title: title("办公室") }],
          plugins: { [PLUGIN]: { enabled: true } },
        }),
      ]),
    ),
    "configs/demo/people.yaml": stringify({
      password: PASSWORD,
      people: [
        ...PEOPLE.map((person) => ({ ...person, bureau: BUREAU })),
        { username: OUTSIDER, position: "director", bureau: ASIDE },
      ].map(({ username, position, bureau }) => ({
        username,
        name: username,
        bureau,
        department: "office",
        positions: [{ position }],
      })),
    }),
  };
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  await mkdir(join(plugin, "node_modules/@jinshui"), { recursive: true });
  await symlink(join(root, "sdk/plugin"), join(plugin, "node_modules/@jinshui/plugin"));
  return { configs, plugin };
}
