import { type Holding, JinshuiError, type LocalText } from "@jinshui/contracts";
import { newId, type Reader, type Row, type Transaction, type Where } from "@jinshui/storage";
import { overlap, type Period } from "./period.js";

/** A position held in a department for a period. */
export interface Held extends Period {
  id: string;
  person: string;
  position: string;
  department: string;
  acting: boolean;
}

export function heldOf(row: Row): Held {
  const { from_day: from, until_day: until } = row;
  return {
    id: String(row["id"]),
    person: String(row["person"]),
    position: String(row["position"]),
    department: String(row["department"]),
    acting: row["acting"] === true,
    ...(from === undefined ? {} : { from: String(from) }),
    ...(until === undefined ? {} : { until: String(until) }),
  };
}

/** What adds a holding; `bureau` is the person's. */
export type NewHolding = Omit<Held, "id" | "acting"> & { bureau: string; acting?: boolean };

export async function addHolding(tx: Transaction, holding: NewHolding): Promise<string> {
  const id = newId();
  const { bureau, person, position, department, from, until, acting } = holding;
  await tx.insert("holding", {
    id,
    bureau,
    person,
    position,
    department,
    from_day: from,
    until_day: until,
    acting: acting === true,
  });
  return id;
}

/** Condition for rows of `holding` that cover a day. */
export function coversDay(day: string): Where {
  return {
    and: [
      { or: [{ from_day: null }, { from_day: { lte: day } }] },
      { or: [{ until_day: null }, { until_day: { gte: day } }] },
    ],
  };
}

/** Rules for who may hold what together. */
export class Separation {
  constructor(
    readonly rules: readonly (readonly string[])[],
    readonly title: (position: string) => LocalText,
  ) {}

  /** @throws JinshuiError `conflict` when one of `gained` must be apart from another or from one of `held` at the same time. */
  require(
    person: { id: string; name: string },
    gained: readonly (Period & { position: string })[],
    held: readonly (Period & { position: string })[],
  ): void {
    for (const rule of this.rules) {
      for (const one of gained.filter(({ position }) => rule.includes(position))) {
        const other = [...held, ...gained].find(
          (candidate) =>
            candidate.position !== one.position && rule.includes(candidate.position) && overlap(candidate, one),
        );
        if (!other) continue;
        throw new JinshuiError(
          "conflict",
          `${person.name} would be ${one.position} and ${other.position}, which nobody may be at the same time`,
          {
            details: {
              reason: "separation",
              person: person.name,
              position: this.title(one.position),
              other: this.title(other.position),
            },
          },
        );
      }
    }
  }
}

/** All that people held, hold and will hold. */
export async function holdingsOf(reader: Reader, people: readonly string[]): Promise<Held[]> {
  if (people.length === 0) return [];
  const rows = await reader.find("holding", {
    where: { person: { in: [...people] } },
    orderBy: ["position", "from_day", "id"],
  });
  return rows.map(heldOf);
}

/** A holding with its titles. */
export function describedHolding(held: Held, titles: { position: LocalText; department: LocalText }): Holding {
  return { ...held, positionTitle: titles.position, departmentTitle: titles.department };
}
