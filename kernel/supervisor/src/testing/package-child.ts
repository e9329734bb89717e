import { openDatabase } from "@jinshui/storage";
import { createReadStream } from "node:fs";
import { unpack } from "../packages/archive.js";
import { PackageStore } from "../packages/store.js";
import { trusting } from "./signed-package.js";

/** A process that installs a package of the plugin `trips`, or removes it, and may be killed at a named place. */
const [, , url = "", folder = "", archive = "", what = ""] = process.argv;
const database = await openDatabase(url);
const trust = trusting([], { allowsUnsigned: true });
const store = await PackageStore.open(database, folder, trust);
if (what === "remove") await store.remove("trips", "1.0.0", () => []);
else {
  const staged = store.staging("p1");
  const { sha256, files } = await unpack(createReadStream(archive), staged, trust.limits);
  await store.install(
    { plugin: "trips", version: "1.0.0", sha256, files, consent: "0".repeat(64), by: "孙杰" },
    staged,
  );
}
await database.close();
