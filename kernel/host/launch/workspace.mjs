import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Where tools of one checkout are kept; not part of the source. */
export const toolFolder = join(root, ".tools");

/** The Node.js this product is built for and run with; installed as a package, pinned by the lockfile. */
export const pinnedNode = join(root, "node_modules/.bin/node");

/** What `npm start` runs in the end. */
export const hostMain = join(root, "kernel/host/dist/main.js");

/**
 * How the kernel's process deals with memory: garbage goes when there is as much of it as of what is in use. By itself the
 * runtime waits until there is several times as much, and an import of a large file then holds 480 MB where 240 are enough.
 */
export const memoryFlags = ["--max-semi-space-size=8", "--heap-growing-percent=100"];

/** Flags of the kernel's process. A signal must not open a debugger, not even before the kernel's own code runs. */
export const kernelFlags = ["--enable-source-maps", "--disable-sigusr1", ...memoryFlags];
