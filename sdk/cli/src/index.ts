export { parsedArguments } from "./arguments.js";
export type { CommandTexts } from "./command-texts.js";
export { main } from "./main.js";
export type { Runners } from "./runners.js";
export { drawingFaults, type DrawingFault } from "./commands/draw/drawing-faults.js";
export { ask, signIn, SITE_OPTIONS, type SiteClient } from "./site-client.js";
export { addTexts, t } from "./texts.js";
export { UsageError } from "./usage-error.js";
