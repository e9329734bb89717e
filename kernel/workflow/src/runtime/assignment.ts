import type { Organisation } from "@jinshui/auth";
import type { Reader, Row } from "@jinshui/storage";
import { type Seat, Seats } from "../office/seats.js";
import { holdsPosition, positionFor } from "./candidacy.js";

const ADMINISTRATOR = "system-administrator";
const MAX_CANDIDATES = 200;

export interface Candidates {
  people: string[];
  /** What makes them candidates; absent: it is the applicant's own step, or that of one person. */
  position?: string;
  department?: string;
  person?: string;
  /** Nobody is there who could: it went to the administrators instead. */
  nobody?: string;
}

/** Finds who may do a step: by position and organisation, never by name. */
export class Assignment {
  readonly seats: Seats;

  constructor(readonly organisation: Organisation) {
    this.seats = new Seats(organisation);
  }

  /** @param excluded people who may not, since they have done what this is kept apart from. */
  async candidates(
    reader: Reader,
    seat: Seat,
    { applicant, excluded }: { applicant: string; excluded: readonly string[] },
  ): Promise<Candidates> {
    const { bureau, position, department, person, unknown } = seat;
    if (unknown !== undefined) return this.#administrators(reader, bureau, excluded, unknown);
    if (position === undefined) return { people: [person ?? applicant], ...(person === undefined ? {} : { person }) };
    const task = { position, department, person, applicant_id: applicant, excluded };
    const ids = (await this.organisation.knownHolders(bureau, position, department, reader))
      .filter((holder) => holdsPosition(holder, task))
      .map(({ id }) => id);
    // nobody decides on an application of their own while somebody else can
    const others = ids.filter((id) => id !== applicant);
    const people = (others.length > 0 ? others : ids).slice(0, MAX_CANDIDATES);
    if (people.length === 0)
      return this.#administrators(reader, bureau, excluded, this.organisation.positionTitle(position)["zh-CN"]);
    return {
      people,
      position,
      ...(department === undefined ? {} : { department }),
      ...(person === undefined ? {} : { person }),
    };
  }

  /** Departments in which people hold what makes a task theirs; their own where nothing does. */
  async departmentsOf(reader: Reader, task: Row, people: readonly string[]): Promise<string[]> {
    const rows = await reader.find("person", { where: { id: { in: [...people] } } });
    const found = await this.organisation.people(rows, reader);
    return [...new Set(found.map((person) => positionFor(person, task)?.department ?? person.department))];
  }

  /**
   * Who answers for departments: holders of a position there, or in the whole bureau where nobody holds it there; without one, of
   * the positions that lead a department.
   */
  async leaders(
    reader: Reader,
    bureau: string,
    departments: readonly string[],
    position: string | undefined,
  ): Promise<string[]> {
    const positions = position === undefined ? this.organisation.leadingPositions() : [position];
    const holders = async (id: string, department?: string): Promise<string[]> =>
      (await this.organisation.holders(bureau, id, department, reader)).map((person) => person.id);
    const found: string[] = [];
    for (const id of positions) for (const department of departments) found.push(...(await holders(id, department)));
    if (found.length === 0 && position !== undefined) found.push(...(await holders(position)));
    return [...new Set(found)].slice(0, MAX_CANDIDATES);
  }

  async administrators(reader: Reader, bureau: string): Promise<string[]> {
    return (await this.organisation.holders(bureau, ADMINISTRATOR, undefined, reader))
      .map(({ id }) => id)
      .slice(0, MAX_CANDIDATES);
  }

  async #administrators(
    reader: Reader,
    bureau: string,
    excluded: readonly string[],
    nobody: string,
  ): Promise<Candidates> {
    const people = (await this.administrators(reader, bureau)).filter((id) => !excluded.includes(id));
    return { people, position: ADMINISTRATOR, nobody };
  }
}
