import type { HistoryEntry } from "@jinshui/contracts";
import type { Database, Row, Where } from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { Definitions } from "../definition/definitions.js";
import type { Period } from "./measures.js";

const PAGE = 100;

/** What lines of the history are in the life of a step, as XES (IEEE 1849-2016, lifecycle extension) calls it; others are left out. */
const TRANSITIONS: Partial<Record<HistoryEntry["type"], string>> = {
  started: "complete",
  "task-created": "schedule",
  "task-claimed": "assign",
  "task-handed-over": "reassign",
  "task-completed": "complete",
  "task-cancelled": "ate_abort",
  "job-completed": "complete",
  "timer-fired": "complete",
};

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/><string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Resource" keys="org:resource"/>
<string key="lifecycle:model" value="standard"/>
`;

/**
 * The histories of matters that ended in a period as an XES log, piece by piece. `named`: with titles and the names of people;
 * without it people have a name that stands for the same person within the log, and for nobody outside of it.
 */
export async function* eventLog(
  database: Database,
  definitions: Definitions,
  { bureau, matter, period, named }: { bureau: string; matter?: string; period: Period; named: boolean },
): AsyncGenerator<Buffer> {
  const salt = named ? "" : crypto.randomUUID();
  const whose = ({ id, name }: { id: string; name: string }): string =>
    named || id.startsWith("plugin:")
      ? name
      : `P-${createHash("sha256").update(salt).update(id).digest("hex").slice(0, 12)}`;
  yield Buffer.from(HEAD);
  let after: Where = {};
  for (;;) {
    const instances = await database.find("wf_instance", {
      where: { and: [{ bureau, ended_at: { gte: period.start, lt: period.end } }, after] },
      columns: ["id", "number", "title", "definition", "status", "ended_at"],
      orderBy: ["ended_at", "id"],
      limit: PAGE,
    });
    for (const instance of instances) {
      const { key, version } = await definitions.get(String(instance["definition"]));
      if (matter !== undefined && key !== matter) continue;
      const lines = await database.find("wf_history", { where: { instance: String(instance["id"]) }, orderBy: ["id"] });
      const events = lines.map((line) => eventOf(line["entry"] as HistoryEntry, whose));
      yield Buffer.from(`<trace>\n${traceOf(instance, { key, version }, named)}${events.join("")}</trace>\n`);
    }
    const last = instances.at(-1);
    if (!last || instances.length < PAGE) break;
    const [ended, id] = [String(last["ended_at"]), String(last["id"])];
    after = { ended_at: { gte: ended }, or: [{ ended_at: { gt: ended } }, { id: { gt: id } }] };
  }
  yield Buffer.from("</log>\n");
}

function traceOf(instance: Row, { key, version }: { key: string; version: number }, named: boolean): string {
  return [
    attribute("string", "concept:name", String(instance["number"])),
    attribute("string", "jinshui:matter", key),
    attribute("int", "jinshui:version", String(version)),
    attribute("string", "jinshui:outcome", String(instance["status"])),
    ...(named ? [attribute("string", "jinshui:title", String(instance["title"]))] : []),
  ].join("");
}

function eventOf(
  { type, at, step, element, by, position, action }: HistoryEntry,
  whose: (person: { id: string; name: string }) => string,
): string {
  const transition = TRANSITIONS[type];
  if (transition === undefined) return "";
  return `<event>${[
    attribute("string", "concept:name", step ?? element ?? type),
    attribute("date", "time:timestamp", at),
    attribute("string", "lifecycle:transition", transition),
    ...(by ? [attribute("string", "org:resource", whose(by))] : []),
    ...(position ? [attribute("string", "org:role", position["zh-CN"])] : []),
    ...(element === undefined ? [] : [attribute("string", "jinshui:element", element)]),
    ...(action === undefined ? [] : [attribute("string", "jinshui:action", action)]),
  ].join("")}</event>\n`;
}

function attribute(type: "string" | "date" | "int", key: string, value: string): string {
  return `<${type} key="${key}" value="${escaped(value)}"/>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** A text as an attribute of XML 1.0 holds it; what XML can't hold at all becomes the sign for that. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"\t\n\r]/g, (sign) => ENTITIES[sign] ?? sign);
}
