import type { Organisation } from "@jinshui/auth";
import type { ElementModel } from "@jinshui/engine";
import type { Reader, Row } from "@jinshui/storage";
import { positionFor } from "./candidacy.js";

const ADMINISTRATOR = "system-administrator";
const MAX_CANDIDATES = 200;

export interface Candidates {
  people: string[];
  /** What makes them candidates; absent: it is the applicant's own step. */
  position?: string;
  department?: string;
  /** Nobody holds this position: it went to the administrators instead. */
  nobody?: string;
}

/** Finds who may do a step: by position and organisation, never by name. */
export class Assignment {
  constructor(readonly organisation: Organisation) {}

  async candidates(
    reader: Reader,
    element: ElementModel,
    applicant: { id: string; bureau: string; department: string },
  ): Promise<Candidates> {
    const { position, within } = element.extensions;
    if (position === undefined) return { people: [applicant.id] };
    const department = within === "department" ? applicant.department : undefined;
    const task = { position, department, applicant_id: applicant.id };
    const holders = (await this.organisation.holders(applicant.bureau, position, department, reader)).filter(
      (person) => positionFor(person, task) !== undefined,
    );
    const ids = holders.map(({ id }) => id);
    // nobody decides on an application of their own while somebody else can
    const others = ids.filter((id) => id !== applicant.id);
    const people = (others.length > 0 ? others : ids).slice(0, MAX_CANDIDATES);
    if (people.length > 0) return { people, position, ...(department === undefined ? {} : { department }) };
    return { people: await this.administrators(reader, applicant.bureau), position: ADMINISTRATOR, nobody: position };
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
}
