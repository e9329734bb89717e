import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { exportModel, parseModel } from "@jinshui/engine";
import { difference } from "./difference.mjs";
import { decoded } from "./decode.mjs";
import { readXml } from "./read-xml.mjs";

const BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions";
const SHOWN = 5;

/**
 * Every BPMN file below the folder must be read, and written again with all its elements, ids, attributes and diagram shapes.
 * Whether it can run is another question. The reading that compares is not the one that exports.
 * @param {string} folder
 * @returns {Promise<{ name: string, cases: { id: string, area: string, result: "passed" | "failed" | "unsupported", reason?: string }[] }>}
 */
export async function runSuite(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.bpmn2?$/i.test(name))
    .map((name) => name.split(sep).join("/"))
    .sort();
  const cases = [];
  for (const id of files) cases.push({ id, area: areaOf(id), ...(await check(readFileSync(join(folder, id)))) });
  return { name: "miwg", cases };
}

/** The reference model a file is about, e.g. `A.4.1`. */
function areaOf(id) {
  return /(?:^|\/)([A-Z]\.\d+\.\d+)[^/]*$/.exec(id)?.[1] ?? "other";
}

async function check(bytes) {
  try {
    const xml = decoded(bytes);
    const before = readXml(xml);
    if (before[0]?.name !== BPMN) return { result: "unsupported", reason: `not BPMN 2.0: ${before[0]?.name}` };
    const { problems } = await parseModel(xml);
    const refused = problems.find(({ code }) => ["malformed-xml", "doctype", "not-bpmn", "too-large"].includes(code));
    if (refused) return { result: "failed", reason: `import: ${JSON.stringify(refused)}` };
    const lost = difference(before, readXml(await exportModel(xml)));
    if (lost.length === 0) return { result: "passed" };
    return { result: "failed", reason: `export: ${lost.length} differences, ${lost.slice(0, SHOWN).join("; ")}` };
  } catch (error) {
    return { result: "failed", reason: String(error) };
  }
}
