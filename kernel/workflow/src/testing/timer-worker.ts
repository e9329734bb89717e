import { openDatabase } from "@jinshui/storage";
import { WorkflowSite } from "./site.js";

/** A clock on a database; with `JINSHUI_FAIL=timer-claimed:kill` it dies before the first timer fires. */
const url = process.argv[2] ?? "";
const database = await openDatabase(url);
const site = await WorkflowSite.open({ url, database, close: () => database.close() });
site.workflow.clockwork.start();
if (process.argv.includes("--tell")) process.stdout.write("ready\n");
