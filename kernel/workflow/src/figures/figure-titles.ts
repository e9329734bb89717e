import type { Organisation } from "@jinshui/auth";
import type { LocalText, StepDimension } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";

/** Keys that one question asks titles for. */
const CHUNK = 500;

/** What people call the keys of figures. */
export class FigureTitles {
  constructor(
    readonly database: Database,
    readonly organisation: Organisation,
  ) {}

  /** Titles by key; those that are not known any more are left out. */
  async of(dimension: StepDimension, keys: readonly string[], bureau: string): Promise<ReadonlyMap<string, LocalText>> {
    switch (dimension) {
      case "month":
        return new Map();
      case "bureau":
        return known(keys, (key) => this.organisation.bureau(key)?.title);
      case "department":
        return known(keys, (key) => (key === "" ? undefined : this.organisation.departments.title(bureau, key)));
      case "position":
        return known(keys, (key) => (key === "" ? undefined : this.organisation.positionTitle(key)));
      case "person":
        return this.#read("person", "id", "name", keys);
      case "matter":
        return this.#read("wf_definition", "process_key", "title", keys);
      case "step":
        return this.#read("wf_figure_task", "place", "step", keys);
    }
  }

  async #read(table: string, key: string, title: string, keys: readonly string[]): Promise<Map<string, LocalText>> {
    const found = new Map<string, LocalText>();
    for (let start = 0; start < keys.length; start += CHUNK) {
      const rows = await this.database.aggregate(table, {
        where: { [key]: { in: keys.slice(start, start + CHUNK) } },
        groups: [{ as: "title_key", column: key }],
        // the newest of several names is as good as any
        figures: [{ as: "title", fn: "max", column: title }],
        orderBy: [],
        limit: CHUNK,
      });
      for (const row of rows) found.set(String(row["title_key"]), { "zh-CN": String(row["title"]) });
    }
    return found;
  }
}

function known(keys: readonly string[], titleOf: (key: string) => LocalText | undefined): Map<string, LocalText> {
  return new Map(
    keys.flatMap((key) => {
      const title = titleOf(key);
      return title ? [[key, title] as const] : [];
    }),
  );
}
