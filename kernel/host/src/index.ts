export { readConfiguration } from "./configuration.js";
export { type Kernel, startKernel, VERSION } from "./kernel.js";
export { type KernelOptions, readOptions } from "./options.js";
