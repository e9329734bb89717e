import { parseModel, type ProcessModel } from "@jinshui/engine";
import test from "ava";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawingFaults } from "./drawing-faults.js";
import { drawProcess } from "./process-draw.js";

const ROOT = join(import.meta.dirname, "../../../../..");
const BIN = join(ROOT, "sdk/cli/bin/jinshui.js");
const REQUISITION = readFileSync(join(ROOT, "plugins/asset-tracking/processes/asset-requisition.bpmn"), "utf8");
const BARE = REQUISITION.replace(/\s*<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, "").replace(
  / xmlns:(bpmndi|dc|di)="[^"]*"/g,
  "",
);

async function modelOf(xml: string): Promise<ProcessModel> {
  const [model] = (await parseModel(xml)).processes;
  if (!model) throw new Error("no process");
  return model;
}

/** A process of tasks and gateways by `a>b` lines, without a drawing. */
function plain(lines: string): string {
  const flows = lines.split(/\s+/).map((line) => line.split(">") as [string, string]);
  const ids = [...new Set(flows.flat())];
  const type = (id: string): string =>
    ({ s: "startEvent", e: "endEvent", g: "exclusiveGateway", p: "parallelGateway" })[id[0] ?? ""] ?? "userTask";
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p" name="p">${ids
    .map((id) => `<${type(id)} id="${id}" name="${id}"/>`)
    .join("")}${flows
    .map(([from, to], index) => `<sequenceFlow id="f${index}" name="条件" sourceRef="${from}" targetRef="${to}"/>`)
    .join("")}</process></definitions>`;
}

test("a process without a drawing gets one in which nothing lies on anything else; all else stays as it stands", async (t) => {
  const model = await modelOf(BARE);
  const drawn = drawProcess(BARE, model) ?? "";
  t.deepEqual(drawingFaults(drawn, model), []);
  t.is(drawingFaults(BARE, model).length, Object.keys({ ...model.elements, ...model.flows }).length, "all is missing");
  const process = (xml: string): string => /<bpmn:process[\s\S]*<\/bpmn:process>/.exec(xml)?.[0] ?? "";
  t.is(process(drawn), process(BARE));
  t.is(drawProcess(drawn, await modelOf(drawn)), drawn, "drawn again it is the same");
  t.deepEqual((await parseModel(drawn)).problems, []);
});

test("loops, forks within branches, ways over many columns and boundary events are drawn without a fault", async (t) => {
  const shapes = [
    "s>a a>g1 g1>b g1>c c>g2 g2>a g2>e2 b>e",
    "s>p1 p1>a p1>b p1>c a>p2 b>g1 g1>d g1>p2 d>p2 c>p2 p2>f f>g2 g2>a g2>e",
    "s>g1 g1>a g1>b g1>c g1>d g1>f a>h b>h c>i d>i f>e2 h>g2 i>g2 g2>g1 g2>e",
    "s>a a>g1 g1>b g1>r b>g2 g2>c g2>r g2>a c>g3 g3>d g3>b g3>r g3>n n>e2 r>g4 g4>a g4>e3 d>e",
  ];
  for (const shape of shapes) {
    const xml = plain(shape);
    const model = await modelOf(xml);
    t.deepEqual(drawingFaults(drawProcess(xml, model) ?? "", model), [], shape);
  }
  const timed = plain("s>a a>b b>e").replace(
    "</process>",
    `<boundaryEvent id="late" name="超期" attachedToRef="a"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent><userTask id="urge" name="催办"/><endEvent id="e9"/><sequenceFlow id="l1" sourceRef="late" targetRef="urge"/><sequenceFlow id="l2" sourceRef="urge" targetRef="e9"/></process>`,
  );
  const model = await modelOf(timed);
  t.deepEqual(drawingFaults(drawProcess(timed, model) ?? "", model), []);
});

test("every kind of fault is found", async (t) => {
  const model = await modelOf(REQUISITION);
  t.deepEqual(drawingFaults(REQUISITION, model), []);
  const kinds = (xml: string): string[] => [...new Set(drawingFaults(xml, model).map(({ kind }) => kind))];
  t.deepEqual(kinds(REQUISITION.replace(/<bpmndi:BPMNShape id="issue_di"[^\n]*\n/, "")), ["not-drawn"]);
  t.deepEqual(kinds(REQUISITION.replace('x="410" y="340"', 'x="310" y="320"')).sort(), [
    "line-through-shape",
    "shapes-overlap",
  ]);
  const through = '<di:waypoint x="380" y="240" /><di:waypoint x="820" y="240" /><di:waypoint x="435" y="240" />';
  const folded = REQUISITION.replace('<di:waypoint x="380" y="240" /><di:waypoint x="435" y="240" />', through);
  t.deepEqual(kinds(folded).sort(), ["line-through-shape", "lines-overlap"]);
});

test("the command draws a file in place, only looks with --check, and refuses what it can't draw", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jinshui-draw-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]): Promise<{ code: number; out: string }> =>
    new Promise((done) =>
      execFile(process.execPath, [BIN, "process", "draw", ...args, "--language", "en"], (error, out, err) =>
        done({ code: Number(error?.code ?? 0), out: out + err }),
      ),
    );
  const file = join(folder, "p.bpmn");
  writeFileSync(file, BARE);
  const looked = await run(file, "--check");
  t.is(looked.code, 1);
  t.regex(looked.out, /chief is not in the drawing/);
  t.is(readFileSync(file, "utf8"), BARE, "only looked at");
  t.is((await run(file)).code, 0);
  t.is((await run(file, "--check")).code, 0);
  writeFileSync(file, BARE.replace("<bpmn:endEvent", '<bpmn:subProcess id="sub"/><bpmn:endEvent'));
  const refused = await run(file);
  t.is(refused.code, 0, "an empty sub-process is a shape like others");
  writeFileSync(
    file,
    BARE.replace("<bpmn:endEvent", '<bpmn:subProcess id="sub"><bpmn:task id="inner"/></bpmn:subProcess><bpmn:endEvent'),
  );
  t.like(await run(file), { code: 2 });
});
