import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Bundles the built engine with all that it needs, as a page would load it, and runs a process with it where nothing of Node
 * is there. An import of one of Node's own modules fails: nothing is put in its place.
 */
const LIMIT_BYTES = 120 * 1024;

const PROCESS = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p">
  <startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="x"/><exclusiveGateway id="x" default="c"/>
  <sequenceFlow id="b" sourceRef="x" targetRef="e"><conditionExpression>0.1 + 0.2 = 0.3</conditionExpression></sequenceFlow>
  <sequenceFlow id="c" sourceRef="x" targetRef="wrong"/><endEvent id="e"/><userTask id="wrong"/></process></definitions>`;

async function bundle(format) {
  const { outputFiles } = await build({
    entryPoints: [join(root, "kernel/engine/dist/index.js")],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: "browser",
    format,
    globalName: "engine",
    target: "es2023",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

const module = await bundle("esm");
const bytes = gzipSync(module, { level: 9 }).length;
const nodes = module.match(/["'`]node:\w+/g) ?? [];
for (const name of nodes) console.log(`mentions ${name}`);

// the language, and nothing else
const page = createContext({});
runInContext(await bundle("iife"), page);
const status = await runInContext(
  `(async (xml) => {
    const runner = new engine.MemoryRunner({ now: "2026-01-05T01:00:00Z" });
    await runner.deploy(xml);
    return runner.instance(runner.start("p")).state.status;
  })(${JSON.stringify(PROCESS)})`,
  page,
);
if (status !== "completed") console.log(`a process without waits ended as ${status}`);
if (bytes > LIMIT_BYTES) console.log(`more than ${LIMIT_BYTES / 1024} KiB`);
console.log(`the engine in a browser: ${(bytes / 1024).toFixed(1)} KiB with gzip`);
process.exitCode = nodes.length > 0 || status !== "completed" || bytes > LIMIT_BYTES ? 1 : 0;
