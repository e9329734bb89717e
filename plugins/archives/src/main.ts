import { runPlugin } from "@jinshui/plugin";
import { Archives } from "./archives.js";

await runPlugin(Archives);
