import { json, type TemplateOptions } from "./options.js";

const NAMESPACES = [
  'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"',
  'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"',
  'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"',
  'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0"',
].join(" ");

/** A process that asks for something, with its form: the section chief agrees or refuses. */
export function processFiles({ id, title, records, parts }: TemplateOptions): Record<string, string> {
  const enters = records !== undefined && parts.has("service");
  const what = records ?? title;
  return {
    "forms/request.json": json({
      type: "default",
      id: "request",
      schemaVersion: 18,
      components: [
        {
          type: "textfield",
          key: "name",
          label: "名称",
          validate: { required: true, maxLength: 60 },
          jinshui: { en: "Name" },
        },
        {
          type: "textarea",
          key: "reason",
          label: "事由",
          validate: { required: true, maxLength: 300 },
          jinshui: { en: "Reason" },
        },
      ],
    }),
    [`processes/${id}-request.bpmn`]: `<?xml version="1.0" encoding="UTF-8"?>
<definitions ${NAMESPACES} id="${id}-definitions" targetNamespace="http://jinshui.cn/plugins/${id}">
  <process id="${id}-request" name="申请${escaped(what)}" isExecutable="true" jinshui:startPositions="clerk,section-chief" jinshui:title="&quot;申请${escaped(what)}：&quot; + name">
    <startEvent id="start" name="提出申请" jinshui:form="request"/>
    <userTask id="chief" name="科长审批" jinshui:position="section-chief" jinshui:within="department" jinshui:form="request" jinshui:actions="approve,reject" jinshui:dueDays="2"/>
    <exclusiveGateway id="agreed" name="是否同意" default="yes"/>
${enters ? '    <serviceTask id="enter" name="登记" jinshui:job="enter"/>\n' : ""}    <endEvent id="done" name="办结"/>
    <endEvent id="refused" name="不同意"/>
    <sequenceFlow id="asked" sourceRef="start" targetRef="chief"/>
    <sequenceFlow id="decided" sourceRef="chief" targetRef="agreed"/>
    <sequenceFlow id="yes" name="同意" sourceRef="agreed" targetRef="${enters ? "enter" : "done"}"/>
${enters ? '    <sequenceFlow id="entered" sourceRef="enter" targetRef="done"/>\n' : ""}    <sequenceFlow id="no" name="不同意" sourceRef="agreed" targetRef="refused">
      <conditionExpression xsi:type="tFormalExpression">steps.chief.action = "reject"</conditionExpression>
    </sequenceFlow>
  </process>
${diagram(`${id}-request`, enters)}
</definitions>
`,
  };
}

/** Where things stand in the picture. */
function diagram(process: string, enters: boolean): string {
  const shapes: [string, number, number, number, number][] = [
    ["start", 160, 102, 36, 36],
    ["chief", 250, 80, 100, 80],
    ["agreed", 405, 95, 50, 50],
    ...(enters ? ([["enter", 510, 80, 100, 80]] as [string, number, number, number, number][]) : []),
    ["done", enters ? 672 : 512, 102, 36, 36],
    ["refused", 412, 222, 36, 36],
  ];
  const edges: [string, [number, number][]][] = [
    [
      "asked",
      [
        [196, 120],
        [250, 120],
      ],
    ],
    [
      "decided",
      [
        [350, 120],
        [405, 120],
      ],
    ],
    [
      "yes",
      [
        [455, 120],
        [enters ? 510 : 512, 120],
      ],
    ],
    ...(enters
      ? ([
          [
            "entered",
            [
              [610, 120],
              [672, 120],
            ],
          ],
        ] as [string, [number, number][]][])
      : []),
    [
      "no",
      [
        [430, 145],
        [430, 222],
      ],
    ],
  ];
  const drawn = [
    ...shapes.map(
      ([id, x, y, width, height]) =>
        `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`,
    ),
    ...edges.map(
      ([id, points]) =>
        `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}">${points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}"/>`).join("")}</bpmndi:BPMNEdge>`,
    ),
  ];
  return `  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="${process}">
${drawn.map((line) => `      ${line}`).join("\n")}
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
