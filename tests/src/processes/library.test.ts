import { drawingFaults, runScenario } from "@jinshui/cli";
import { fieldRight, TASK_ACTION_IDS } from "@jinshui/contracts";
import type { ElementModel } from "@jinshui/engine";
import { problemText } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import test from "ava";
import { catalogueOfPositions, type ShippedProcess, shippedProcesses } from "./library.js";

const POSITIONS = catalogueOfPositions();
const RETENTION = ["permanent", "30", "10"];

const library = async (): Promise<ShippedProcess[]> => [
  ...(await shippedProcesses("tax-processes")),
  ...(await shippedProcesses("admin-processes")),
];

const userTasks = ({ model }: ShippedProcess): ElementModel[] =>
  Object.values(model.elements).filter(({ type }) => type === "userTask");

/** Runs a look at every process and names those that fail it. */
async function each(look: (process: ShippedProcess) => string[] | Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const process of await library()) for (const what of await look(process)) found.push(`${process.key}: ${what}`);
  return found;
}

test("the library is as large as it says, and no matter has the number of another", async (t) => {
  const all = await library();
  const of = (plugin: string): number => all.filter((process) => process.plugin === plugin).length;
  t.true(of("tax-processes") >= 30, String(of("tax-processes")));
  t.true(of("admin-processes") >= 15, String(of("admin-processes")));
  const codes = all.map(({ model }) => model.extensions["code"]);
  t.is(new Set(codes).size, all.length);
  t.deepEqual(
    codes.filter((code) => !/^[AB]\d\d$/.test(code ?? "")),
    [],
  );
});

test("a site finds nothing to say about any of them, neither errors nor warnings", async (t) => {
  const found = await each(async ({ xml, forms }) => {
    const { processes, problems } = await checkFile(xml, {
      forms: forms.map(({ id }) => id),
      jobs: [],
      actions: TASK_ACTION_IDS,
      knowsPosition: (id) => POSITIONS.has(id),
    });
    return [...problems, ...processes.flatMap((process) => process.problems)].map((problem) =>
      problemText(problem, "en"),
    );
  });
  t.deepEqual(found, []);
});

test("every drawing shows everything, without shapes on one another or lines through them", async (t) => {
  t.deepEqual(await each(({ xml, model }) => drawingFaults(xml, model).map((fault) => JSON.stringify(fault))), []);
});

test("every process says for the catalogue what it is, who answers for it, how long it may take and how long it is kept", async (t) => {
  const found = await each(({ key, model }) => {
    const { code, group, owner = "", en, title, limitDays, retention = "", startPositions = "" } = model.extensions;
    return [
      ...(code === undefined || group === undefined || en === undefined || title === undefined
        ? ["no code, group, English name or title"]
        : []),
      ...(POSITIONS.has(owner) ? [] : [`owner ${owner}`]),
      ...(Number(limitDays) > 0 ? [] : ["no limit"]),
      ...(RETENTION.includes(retention) ? [] : [`retention ${retention}`]),
      ...(model.documentation === undefined ? ["no description"] : []),
      ...startPositions.split(",").flatMap((id) => (POSITIONS.has(id) ? [] : [`start position ${id}`])),
      ...(/^[a-z0-9-]+$/.test(key) ? [] : ["key"]),
    ];
  });
  t.deepEqual(found, []);
});

test("every step has a form, a time limit, actions and a name in both languages", async (t) => {
  const found = await each((process) => [
    ...userTasks(process).flatMap(({ id, name, extensions: { form, dueDays, actions, en } }) => [
      ...(form === process.key ? [] : [`${id} has form ${form}`]),
      ...(Number(dueDays) > 0 ? [] : [`${id} has no time limit`]),
      ...(actions === undefined ? [`${id} has no actions`] : []),
      ...(name === undefined || en === undefined ? [`${id} has no name`] : []),
    ]),
    ...Object.values(process.model.elements).flatMap(({ id, name, extensions: { en } }) =>
      (name === undefined) === (en === undefined) ? [] : [`${id} is named in one language`],
    ),
  ]);
  t.deepEqual(found, []);
});

test("every field is filled in somewhere and named in both languages; every paper has a field, and every field's paper is filed", async (t) => {
  const found = await each((process) => {
    const form = process.forms.find(({ id }) => id === process.key);
    if (!form) return ["no form"];
    const papers = (process.model.extensions["documents"] ?? "").split(" ");
    const steps = ["start", ...userTasks(process).map(({ id }) => id)];
    const shown = form.components.flatMap(({ jinshui }) => jinshui?.document ?? []);
    return [
      ...form.components.flatMap((component) => [
        ...(steps.some((step) => /edit|required/.test(fieldRight(component, step, step === "start")))
          ? []
          : [`${component.key} is never filled in`]),
        ...(component.jinshui?.en === undefined ? [`${component.key} has no English name`] : []),
        ...(component.values ?? []).flatMap(({ value, en }) => (en === undefined ? [`${component.key} ${value}`] : [])),
        ...Object.keys(component.jinshui?.steps ?? {}).flatMap((step) =>
          steps.includes(step) ? [] : [`${component.key} at ${step}`],
        ),
      ]),
      ...papers.flatMap((paper) => (shown.includes(paper) ? [] : [`no field for ${paper}`])),
      ...shown.flatMap((paper) => (papers.includes(paper) ? [] : [`${paper} is not filed`])),
    ];
  });
  t.deepEqual(found, []);
});

test("the recorded scenarios of every process pass and take every way through it", async (t) => {
  const found = await each(({ model, forms, scenarios }) => {
    const runs = scenarios.map((scenario) => ({ id: scenario.id, ...runScenario(model, forms, scenario) }));
    const taken = new Set(runs.flatMap(({ flows }) => flows));
    return [
      ...(new Set(scenarios.map(({ id }) => id)).size === scenarios.length ? [] : ["two scenarios of one id"]),
      ...runs.flatMap(({ id, faults }) => faults.map((fault) => `${id} ${JSON.stringify(fault)}`)),
      ...Object.keys(model.flows).flatMap((flow) => (taken.has(flow) ? [] : [`${flow} is not taken`])),
    ];
  });
  t.deepEqual(found, []);
});
