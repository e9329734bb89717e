import type { TableDefinition } from "@jinshui/storage";

/** What instances wait for from others, and what is on its way to them. */
export const LINK_TABLES: TableDefinition[] = [
  {
    /** A message or signal that an instance waits for. */
    name: "wf_subscription",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      /** That brought the process; absent for one of the bureau's own. */
      plugin: { type: "id" },
      instance: { type: "id", nullable: false },
      wait: { type: "id", nullable: false },
      kind: { type: "id", nullable: false },
      name: { type: "string", length: 150, nullable: false },
      /** Of the value that the sender must give; absent where any does. */
      correlation: { type: "string", length: 64 },
    },
    indexes: { name: ["bureau", "kind", "name", "id"], instance: ["instance", "wait"] },
  },
  {
    /** Something that one instance, or a plugin, has for others; see `Parcel`. */
    name: "wf_parcel",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      kind: { type: "id", nullable: false },
      /** Messages: their name, for those who begin to wait. */
      name: { type: "string", length: 150 },
      content: { type: "json", nullable: false },
      /** When it is delivered, or tried again; absent while it waits for somebody to wait for it. */
      next_at: { type: "instant" },
      expires_at: { type: "instant" },
    },
    indexes: { due: ["next_at", "id"], waiting: ["bureau", "name"], expiry: ["expires_at"] },
  },
];
