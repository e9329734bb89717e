import "./no-debugger.js";
import { resolve } from "node:path";
import { kernelModule } from "./kernel-bundle.js";

const root = resolve(import.meta.dirname, "../../..");
const { run } = (await import(kernelModule(root))) as typeof import("./run.js");
await run(root);
