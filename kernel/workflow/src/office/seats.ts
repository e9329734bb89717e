import type { Organisation } from "@jinshui/auth";
import { evaluate, type ElementModel } from "@jinshui/engine";
import type { Reader } from "@jinshui/storage";
import { words } from "./task-part.js";

/** Tasks that one step can have for its signers. */
const MAX_SIGNERS = 100;

/** Who a task is for: what its row keeps. */
export interface Seat {
  /** Where its people are: of a step that the bureau above decides not the matter's own. */
  bureau: string;
  /** Absent: the applicant's own step. */
  position?: string;
  department?: string;
  /** Only this one, or who stands in for them. */
  person?: string;
  /** What could not be found out, as it stands in the history; the administrators get the task. */
  unknown?: string;
}

/** The matter that asks. */
export interface Asking {
  bureau: string;
  department: string;
  variables: Record<string, unknown>;
}

/** Finds whom a step is meant for: by position and organisation, never by name; of several signers one seat for each. */
export class Seats {
  constructor(readonly organisation: Organisation) {}

  async of(reader: Reader, element: ElementModel, asking: Asking): Promise<Seat[]> {
    const { position, signers } = element.extensions;
    const bureau = this.#bureau(element, asking);
    const department = this.#department(element, asking);
    if (department !== undefined && typeof department !== "string") return [{ bureau, ...department }];
    const where = { bureau, ...(department === undefined ? {} : { department }) };
    if (signers !== undefined) return this.#signers(reader, element, asking, where);
    if (position === undefined) return [{ bureau: asking.bureau }];
    if (!position.trim().startsWith("=")) return [{ ...where, position }];
    const answer = evaluate(position, asking.variables);
    const found = "value" in answer ? answer.value : undefined;
    return typeof found === "string" && this.organisation.hasPosition(found)
      ? [{ ...where, position: found }]
      : [{ bureau, unknown: `岗位（${position.trim()}）` }];
  }

  #bureau({ extensions: { within } }: ElementModel, { bureau }: Asking): string {
    return within === "parent" ? (this.organisation.bureau(bureau)?.parent ?? bureau) : bureau;
  }

  #department({ extensions }: ElementModel, asking: Asking): string | Pick<Seat, "unknown"> | undefined {
    const { within, departmentOf } = extensions;
    if (departmentOf === undefined) return within === "department" ? asking.department : undefined;
    const answer = evaluate(departmentOf, asking.variables);
    return "value" in answer && typeof answer.value === "string" && answer.value !== ""
      ? answer.value
      : { unknown: `部门（${departmentOf.trim()}）` };
  }

  async #signers(
    reader: Reader,
    { extensions: { signers = "", position } }: ElementModel,
    asking: Asking,
    where: Pick<Seat, "bureau" | "department">,
  ): Promise<Seat[]> {
    const entries = entriesOf(signers, asking.variables);
    const seats: Seat[] = [];
    for (const entry of entries) seats.push(...(await this.#entry(reader, entry, position, where)));
    const kept = [...new Map(seats.map((seat) => [JSON.stringify(seat), seat])).values()];
    return kept.length === 0 || kept.length > MAX_SIGNERS
      ? [{ bureau: where.bureau, unknown: `会签人（${signers.trim()}）` }]
      : kept;
  }

  async #entry(
    reader: Reader,
    entry: string,
    position: string | undefined,
    where: Pick<Seat, "bureau" | "department">,
  ): Promise<Seat[]> {
    const each = entry.endsWith("*");
    const [id = "", department] = (each ? entry.slice(0, -1) : entry).split("@");
    if (!this.organisation.hasPosition(id)) {
      return position === undefined
        ? [{ bureau: where.bureau, unknown: `会签人（${entry}）` }]
        : [{ ...where, position, department: entry }];
    }
    const seat: Seat = { ...where, position: id, ...(department === undefined ? {} : { department }) };
    if (!each) return [seat];
    const holders = await this.organisation.holders(seat.bureau, id, seat.department, reader);
    // who only stands in for a holder has no vote of their own
    return holders
      .filter(({ positions }) => positions.some((held) => held.id === id && held.onBehalfOf === undefined))
      .map(({ id: person }) => ({ ...seat, person }));
  }
}

function entriesOf(signers: string, variables: Record<string, unknown>): string[] {
  if (!signers.trim().startsWith("=")) return words(signers);
  const answer = evaluate(signers, variables);
  const found = "value" in answer ? answer.value : undefined;
  const list = typeof found === "string" ? words(found) : Array.isArray(found) ? (found as unknown[]) : [];
  return [...new Set(list.filter((entry): entry is string => typeof entry === "string" && entry !== ""))];
}
