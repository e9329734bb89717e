import type { Database } from "@jinshui/storage";
import type { Assignment } from "./assignment.js";
import { followPositions } from "./candidacy.js";

const EVERY_MS = 5_000;
/** People looked at each time: two hundred take less than a minute. */
const PEOPLE = 20;

/**
 * Brings the open tasks of people in step with their positions who do not come to ask: what somebody has claimed whose position was
 * taken away would else be hidden from those who could do it. One part of the people after the other, round and round.
 */
export class PositionWatch {
  #lookedAt = -Infinity;
  #last = "";

  constructor(
    readonly database: Database,
    readonly assignment: Assignment,
  ) {}

  /** Looks at the next people, if it is time. Two kernels that do so at once do no harm. */
  async look(): Promise<void> {
    if (performance.now() - this.#lookedAt < EVERY_MS) return;
    this.#lookedAt = performance.now();
    const rows = await this.database.find("wf_candidacy", {
      where: { person: { gt: this.#last } },
      orderBy: ["person"],
      columns: ["person"],
      limit: PEOPLE,
    });
    for (const { person: id } of rows) {
      const person = await this.assignment.organisation.person(String(id));
      // who has left holds nothing any more
      await followPositions(this.database, person ?? { id: String(id), bureau: "", positions: [] });
    }
    this.#last = rows.length === PEOPLE ? String(rows.at(-1)?.["person"]) : "";
  }
}
