import type { Bus, Log } from "@jinshui/bus";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import { onOutbox } from "../database/transaction.js";
import { BureauRelay } from "./bureau-relay.js";
import { StreamEpochs } from "./epoch.js";
import { Retention } from "./retention.js";

export interface RelayOptions {
  database: Database;
  bus: Bus;
  log: Log;
  /** Whose outbox is published; each has a lease of its own. */
  bureaus: readonly string[];
  /**
   * This kernel's id for its leases, the same after a restart so that it need not wait for those of the life that was killed.
   * Two kernels must never have the same. Default: a new one.
   */
  instance?: string;
  /** Makes what the streams have acknowledged survive a power cut, before it is marked as published. Default: nothing. */
  settle?: () => Promise<void>;
}

/** The relays of this process. */
export interface Relay {
  /** How often JetStream was found to have lost messages since the start. */
  readonly resets: number;
  /** Stops after the batches that are under way. */
  stop(): Promise<void>;
}

/** Publishes the outbox to JetStream, one relay for each bureau, and clears away what nobody needs any more. */
export function startRelay(options: RelayOptions): Relay {
  const { database, bus, log, bureaus, instance = newId() } = options;
  const settle = options.settle ?? (() => Promise.resolve());
  const epochs = new StreamEpochs(database, bus, log, settle, instance);
  const relays = bureaus.map((bureau) => new BureauRelay(bureau, { database, bus, log, epochs, settle, instance }));
  const nudge = (): void => {
    for (const relay of relays) relay.nudge();
  };
  const stops = [onOutbox(nudge), bus.onReconnect(nudge)];
  const retention = new Retention(database, log, instance);
  const adopted = adopt(database).catch((error: unknown) =>
    log.warn({ error: String(error) }, "old outbox rows could not be given to their bureaus yet"),
  );
  for (const relay of relays) relay.start();
  retention.start();
  return {
    get resets() {
      return epochs.resets;
    },
    async stop() {
      for (const stop of stops) stop();
      await adopted;
      await Promise.all([...relays.map((relay) => relay.stop()), retention.stop()]);
      await epochs.close();
    },
  };
}

/** Rows from before each bureau had a relay of its own. */
async function adopt(database: Database): Promise<void> {
  for (;;) {
    const rows = await database.find("outbox", {
      where: { bureau: null, published_at: null },
      limit: 500,
      columns: ["seq", "subject"],
    });
    if (rows.length === 0) return;
    const byBureau = Map.groupBy(rows, (row) => String(row["subject"]).split(".")[2] ?? "");
    await database.transaction(async (tx) => {
      for (const [bureau, mine] of byBureau)
        await tx.update("outbox", { seq: { in: mine.map((row) => Number(row["seq"])) } }, { bureau });
    });
  }
}
