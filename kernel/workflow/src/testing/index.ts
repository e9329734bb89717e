export { matterFault, type MatterRows } from "./matter-fault.js";
export { bpmn, flow } from "./processes.js";
export { type Block, busyBlocks, drawn } from "./random-process.js";
export { WORKFLOW_TABLES } from "../tables.js";
