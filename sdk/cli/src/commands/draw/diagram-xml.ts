import type { ProcessModel } from "@jinshui/engine";
import type { Box, Placed } from "./placed.js";

const SPACES = {
  bpmndi: "http://www.omg.org/spec/BPMN/20100524/DI",
  dc: "http://www.omg.org/spec/DD/20100524/DC",
  di: "http://www.omg.org/spec/DD/20100524/DI",
};

/** The file with its drawing replaced, or with the first one it has; all else stays as it stands. */
export function withDiagram(xml: string, model: ProcessModel, placed: Placed): string {
  const rest = withoutDiagram(xml).trimEnd();
  const missing = Object.entries(SPACES).filter(([prefix]) => !rest.includes(`xmlns:${prefix}=`));
  const declared = rest.replace(/<((?:[\w.-]+:)?definitions)\b/, (tag) =>
    [tag, ...missing.map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)].join(" "),
  );
  const end = declared.lastIndexOf("</");
  return [declared.slice(0, end).trimEnd(), ...diagram(model, placed), declared.slice(end), ""].join("\n");
}

/** Drawings stand one after the other; the first one's beginning and the last one's end are theirs. */
function withoutDiagram(xml: string): string {
  const begin = /<(?:\w+:)?BPMNDiagram\b/.exec(xml)?.index;
  const end = xml.lastIndexOf("BPMNDiagram>");
  if (begin === undefined || end < begin) return xml;
  return xml.slice(0, begin) + xml.slice(end + "BPMNDiagram>".length).trimStart();
}

function diagram(model: ProcessModel, { shapes, shapeLabels, lines, lineLabels }: Placed): string[] {
  const inner = [...shapes].map(([id, box]) => {
    const marker = model.elements[id]?.type === "exclusiveGateway" ? ' isMarkerVisible="true"' : "";
    return `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"${marker}>${bounds(box)}${label(shapeLabels.get(id))}</bpmndi:BPMNShape>`;
  });
  for (const [id, points] of lines) {
    const turns = points.map(({ x, y }) => `<di:waypoint x="${x}" y="${y}" />`).join("");
    inner.push(
      `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}">${turns}${label(lineLabels.get(id))}</bpmndi:BPMNEdge>`,
    );
  }
  return [
    `  <bpmndi:BPMNDiagram id="diagram">`,
    `    <bpmndi:BPMNPlane id="plane" bpmnElement="${model.id}">`,
    ...inner.map((line) => `      ${line}`),
    `    </bpmndi:BPMNPlane>`,
    `  </bpmndi:BPMNDiagram>`,
  ];
}

function bounds({ x, y, width, height }: Box): string {
  return `<dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}" />`;
}

function label(box: Box | undefined): string {
  return box ? `<bpmndi:BPMNLabel>${bounds(box)}</bpmndi:BPMNLabel>` : "";
}
