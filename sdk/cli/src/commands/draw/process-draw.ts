import { parseModel, type ProcessModel } from "@jinshui/engine";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readArguments } from "../../arguments.js";
import { t } from "../../texts.js";
import { UsageError } from "../../usage-error.js";
import { withDiagram } from "./diagram-xml.js";
import { drawnGraph } from "./drawn-graph.js";
import { type DrawingFault, drawingFaults } from "./drawing-faults.js";
import { Grid } from "./grid.js";
import { placeAll } from "./placed.js";
import { findRoutes } from "./routes.js";

/**
 * `process draw`: draws processes anew, from left to right, and writes the drawing into their files; everything else stays. With
 * `--check` it only says what is wrong with the drawings that are there, and ends with 1 if there is anything.
 */
export async function processDraw(args: string[]): Promise<number> {
  const { words, flags } = readArguments(args, { check: { type: "boolean" } });
  const checkOnly = flags.has("check");
  if (words.length === 0) throw new UsageError(t("process.which"));
  let faulty = 0;
  for (const file of words) {
    if (!existsSync(file)) throw new UsageError(t("process.missing", { file }));
    const xml = readFileSync(file, "utf8");
    const model = await only(file, xml);
    const drawn = checkOnly ? xml : drawProcess(xml, model);
    if (drawn === undefined) throw new UsageError(t("draw.scopes", { file }));
    const faults = drawingFaults(drawn, model);
    faulty += faults.length;
    for (const fault of faults) process.stdout.write(`${file}: ${said(fault)}\n`);
    if (!checkOnly) {
      writeFileSync(file, drawn);
      process.stdout.write(`${t("draw.done", { file })}\n`);
    }
  }
  return faulty === 0 ? 0 : 1;
}

/** The file with a new drawing; nothing when it has sub-processes, which are not drawn. */
export function drawProcess(xml: string, model: ProcessModel): string | undefined {
  const graph = drawnGraph(model);
  if (!graph) return undefined;
  const grid = new Grid(graph);
  return withDiagram(xml, model, placeAll(graph, grid, findRoutes(grid)));
}

async function only(file: string, xml: string): Promise<ProcessModel> {
  const { processes } = await parseModel(xml);
  const [model] = processes;
  if (!model || processes.length > 1) throw new UsageError(t("draw.one", { file, count: processes.length }));
  return model;
}

function said({ kind, element, other }: DrawingFault): string {
  return t(`draw.${kind}`, { element, other });
}
