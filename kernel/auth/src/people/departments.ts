import { type BureauConfig, type Department, JinshuiError, type LocalText } from "@jinshui/contracts";
import type { Database, Row, Transaction } from "@jinshui/storage";
import { addDays, covers, type Period } from "./period.js";

/** The first day of what was always there: it is part of a key. */
const ALWAYS = "0001-01-01";

/**
 * The departments of all bureaus, with what they were and will be. Kept in memory, since every right asks for them; whoever
 * writes them calls `load` afterwards.
 */
export class Departments {
  #rows = new Map<string, Department[]>();

  /** `today`: the day in China. */
  constructor(
    readonly database: Database,
    readonly today: () => string,
  ) {}

  /** Takes over the departments of configuration files that the database does not know, and reads all. */
  async open(bureaus: readonly BureauConfig[]): Promise<void> {
    const rows = await this.database.find("department", { columns: ["bureau", "id"] });
    const known = new Set(rows.map(({ bureau, id }) => `${String(bureau)}/${String(id)}`));
    const missing = bureaus.flatMap(({ bureau, departments }) =>
      departments
        .filter(({ id }) => !known.has(`${bureau}/${id}`))
        .map(({ id, title, parent }): Row => ({ bureau, id, from_day: ALWAYS, title, parent })),
    );
    if (missing.length > 0)
      await this.database.transaction((tx) => tx.insert("department", missing), { essential: true });
    await this.load();
  }

  async load(): Promise<void> {
    const rows = await this.database.find("department", { orderBy: ["from_day", "id"] });
    const byBureau = new Map<string, Department[]>();
    for (const row of rows) {
      const bureau = String(row["bureau"]);
      byBureau.set(bureau, [...(byBureau.get(bureau) ?? []), departmentOf(row)]);
    }
    this.#rows = byBureau;
  }

  /** Those of a bureau on a day. */
  of(bureau: string, day = this.today()): Department[] {
    return (this.#rows.get(bureau) ?? []).filter((department) => covers(department, day));
  }

  find(bureau: string, id: string, day = this.today()): Department | undefined {
    return (this.#rows.get(bureau) ?? []).find((department) => department.id === id && covers(department, day));
  }

  /** Its title today, or the last one it had. */
  title(bureau: string, id: string): LocalText {
    const current = this.find(bureau, id);
    const last = current ?? (this.#rows.get(bureau) ?? []).findLast((department) => department.id === id);
    return last?.title ?? { "zh-CN": id };
  }

  /** These departments and all below them today. */
  withBelow(bureau: string, departments: readonly string[]): string[] {
    const all = this.of(bureau);
    const found = new Set(departments);
    // a set that grows while it is walked through is walked to its new end
    for (const above of found) for (const { id, parent } of all) if (parent === above) found.add(id);
    return [...found];
  }

  /** Makes a department or lets it be this from a day on; what was planned for later days gives way. */
  async set(
    tx: Transaction,
    bureau: string,
    next: { id: string; title: LocalText; parent?: string; from: string },
  ): Promise<void> {
    const { id, title, parent, from } = next;
    this.#requireParent(bureau, id, parent, from);
    const current = this.find(bureau, id, from);
    const key = { bureau, id };
    await tx.remove("department", { ...key, from_day: { gte: from } });
    if (current && (current.from ?? ALWAYS) < from)
      await tx.update("department", { ...key, from_day: current.from ?? ALWAYS }, { until_day: addDays(from, -1) });
    await tx.insert("department", { ...key, from_day: from, title, parent });
  }

  /** `until`: its last day. */
  async end(tx: Transaction, bureau: string, id: string, until: string): Promise<void> {
    const current = this.find(bureau, id, until);
    if (!current) throw unknownDepartment(bureau, id, until);
    await tx.remove("department", { bureau, id, from_day: { gt: until } });
    await tx.update("department", { bureau, id, from_day: current.from ?? ALWAYS }, { until_day: until });
  }

  /** @throws JinshuiError `invalid-request` unless the department is there on the first day of the period. */
  require(bureau: string, id: string, { from }: Period): void {
    const day = from ?? this.today();
    if (!this.find(bureau, id, day)) throw unknownDepartment(bureau, id, day);
  }

  #requireParent(bureau: string, id: string, parent: string | undefined, day: string): void {
    const above = new Set([id]);
    for (let next = parent; next !== undefined; next = this.find(bureau, next, day)?.parent) {
      if (above.has(next))
        throw new JinshuiError("invalid-request", `Department ${id} can't be below itself`, {
          details: { field: "parent", department: id, reason: "circle" },
        });
      if (!this.find(bureau, next, day)) throw unknownDepartment(bureau, next, day);
      above.add(next);
    }
  }
}

function unknownDepartment(bureau: string, department: string, day: string): JinshuiError {
  return new JinshuiError("invalid-request", `${bureau} has no department "${department}" on ${day}`, {
    details: { field: "department", department, day, reason: "unknown-department" },
  });
}

function departmentOf(row: Row): Department {
  const { id, title, parent, from_day: from, until_day: until } = row;
  return {
    id: String(id),
    title: title as LocalText,
    ...(parent === undefined ? {} : { parent: String(parent) }),
    ...(from === ALWAYS ? {} : { from: String(from) }),
    ...(until === undefined ? {} : { until: String(until) }),
  };
}
