import type { TableDefinition } from "@jinshui/storage";

/** Forms that bureaus make: a draft each, and what was published of it. */
export const FORM_TABLES: TableDefinition[] = [
  {
    name: "wf_form",
    primaryKey: ["bureau", "form"],
    columns: {
      bureau: { type: "id", nullable: false },
      form: { type: "id", nullable: false },
      title: { type: "string", length: 100, nullable: false },
      schema: { type: "json", nullable: false },
      /** Rises with each saving. */
      revision: { type: "integer", nullable: false },
      saved_at: { type: "instant", nullable: false },
      /** The newest version, and the revision that it was made of. */
      version: { type: "integer" },
      published_revision: { type: "integer" },
      published_at: { type: "instant" },
    },
    indexes: { title: ["bureau", "title", "form"] },
  },
  {
    name: "wf_form_version",
    primaryKey: ["bureau", "form", "version"],
    columns: {
      bureau: { type: "id", nullable: false },
      form: { type: "id", nullable: false },
      version: { type: "integer", nullable: false },
      title: { type: "string", length: 100, nullable: false },
      schema: { type: "json", nullable: false },
      published_by: { type: "json", nullable: false },
      published_at: { type: "instant", nullable: false },
    },
  },
];
