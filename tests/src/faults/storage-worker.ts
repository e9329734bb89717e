import { connectBus, silent } from "@jinshui/bus";
import { storageApi, STREAM } from "@jinshui/contracts";
import { openDatabase, openInbox, startRelay } from "@jinshui/storage";
import { CONSUMERS, openService } from "./storage-fixture.js";

/** The storage service as a process of its own: API, relays, two consumers with inboxes. Says `ready` when it serves. */
const [, , url = "", servers = ""] = process.argv;
const database = await openDatabase(url);
const bus = await connectBus({ servers, caller: "storage" });
await bus.ensureStreams();
const service = await openService(database);
startRelay({ database, bus, log: silent, bureaus: ["wuhu", "fanchang"], instance: "worker" });
for (const { name, filterSubject } of CONSUMERS)
  await openInbox({
    database,
    bus,
    log: silent,
    stream: STREAM.events,
    name,
    filterSubject,
    gapMs: 2_000,
    handler: (tx, { id, aggregate, sequence }) =>
      tx.insert("effect", { consumer: name, event: id, aggregate, sequence }),
  });
await bus.serve(storageApi, service.handlers);
process.stdout.write("ready\n");
