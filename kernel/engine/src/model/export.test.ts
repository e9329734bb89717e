import test from "ava";
import { bpmn } from "../testing.js";
import { exportModel } from "./export.js";
import { readTree, type XmlNode } from "./xml-tree.js";

const DI = `xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"`;

function find(xml: string, id: string): XmlNode | undefined {
  const search = (node: XmlNode): XmlNode | undefined =>
    node.attributes.get("id") === id ? node : node.children.map(search).find((found) => found !== undefined);
  return search(readTree(xml));
}

test("foreign elements and attributes survive with their namespaces", async (t) => {
  const xml = await exportModel(
    bpmn(
      `<extensionElements><v:box xmlns:v="urn:v" v:deep="1"><v:in id="x">&lt;a&gt; 文</v:in></v:box></extensionElements>
       <task id="a" v:colour="red" xmlns:v="urn:v"/><v:alone xmlns:v="urn:v" id="y"/>`,
    ),
  );
  t.is(find(xml, "x")?.text, "<a> 文");
  t.is(find(xml, "x")?.resolved, "{urn:v}in");
  t.is(find(xml, "y")?.resolved, "{urn:v}alone");
  t.true([...(find(xml, "a")?.attributes.values() ?? [])].includes("red"));
});

test("references to what is not there survive", async (t) => {
  const xml = await exportModel(
    bpmn(`<task id="a"><incoming>gone</incoming></task><sequenceFlow id="f" sourceRef="a" targetRef="nowhere"/>`),
  );
  t.is(find(xml, "f")?.attributes.get("targetRef"), "nowhere");
  t.is(find(xml, "a")?.children[0]?.text, "gone");
});

test("of two elements with one id both survive", async (t) => {
  const xml = await exportModel(
    bpmn(`<task id="a" name="one"/><userTask id="a" name="two"/><task id="a" name="three"/>`),
  );
  t.is(xml.match(/id="a"/g)?.length, 3);
});

test("shapes, edges, colours and labels survive", async (t) => {
  const plane = `<bpmndi:BPMNDiagram ${DI}><bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape id="s" bpmnElement="a" c:fill="#fff" xmlns:c="urn:c"><dc:Bounds x="1.0" y="2" width="3.50" height="4"/><bpmndi:BPMNLabel><dc:Bounds x="9" y="9" width="9" height="9"/></bpmndi:BPMNLabel></bpmndi:BPMNShape><bpmndi:BPMNEdge id="e" bpmnElement="ghost"><di:waypoint x="1" y="1"/><di:waypoint x="2" y="2"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`;
  const xml = await exportModel(bpmn(`<task id="a"/>`).replace("</definitions>", `${plane}</definitions>`));
  t.is(find(xml, "s")?.children.length, 2);
  t.is(find(xml, "e")?.attributes.get("bpmnElement"), "ghost");
  t.is(find(xml, "e")?.children.length, 2);
});

test("an export of an export is the same text", async (t) => {
  const once = await exportModel(
    bpmn(`<task id="a" name="&quot;一&quot;&#10;二"><documentation>x</documentation></task>`),
  );
  t.is(await exportModel(once), once);
  t.is(find(once, "a")?.attributes.get("name"), '"一"\n二');
});

test("what is no XML is not exported", async (t) => {
  await t.throwsAsync(exportModel("<definitions"));
});

test("attributes with spaces around the equals sign are read and kept", async (t) => {
  const xml = await exportModel(
    bpmn(`<task id = "a" name= 'x = "y"' camunda:assignee ="who"><documentation>a = "b"</documentation></task>`),
  );
  t.deepEqual(
    ["name", "camunda:assignee"].map((name) => find(xml, "a")?.attributes.get(name)),
    ['x = "y"', "who"],
  );
  t.is(find(xml, "a")?.children[0]?.text, 'a = "b"');
});
