import { JinshuiError } from "@jinshui/contracts";
import type { Reader } from "@jinshui/storage";
import type { Organisation, Person } from "./organisation.js";
import { addDays, isDay, type Period } from "./period.js";

/** @throws JinshuiError `not-found` unless it is somebody of the bureau who has not left. */
export async function requirePerson(
  organisation: Organisation,
  id: string,
  bureau: string | undefined,
  reader?: Reader,
): Promise<Person> {
  const person = await organisation.person(id, reader);
  if (!person || (bureau !== undefined && person.bureau !== bureau))
    throw new JinshuiError("not-found", `There is no person ${id} in ${bureau ?? "any bureau"}`, {
      details: { person: id },
    });
  return person;
}

/** @throws JinshuiError `invalid-request` unless the site has such a position. */
export function requirePosition(organisation: Organisation, position: string): void {
  if (!organisation.hasPosition(position))
    throw new JinshuiError("invalid-request", `There is no position "${position}"`, {
      details: { field: "position", position, reason: "unknown-position" },
    });
}

/** @throws JinshuiError `invalid-request` naming the day that is none, or an end before its beginning. */
export function requirePeriod({ from, until }: Period): void {
  for (const [field, day] of Object.entries({ from, until }))
    if (day !== undefined && !isDay(day))
      throw new JinshuiError("invalid-request", `${day} is no day of the calendar`, {
        details: { field, day, reason: "no-day" },
      });
  if (from !== undefined && until !== undefined && until < from)
    throw new JinshuiError("invalid-request", `The last day ${until} is before the first, ${from}`, {
      details: { field: "until", from, until, reason: "ends-before-it-begins" },
    });
}

/** How many people are named of those that are in the way. */
const NAMED = 20;

/** @throws JinshuiError `still-used` while people or departments would be left in a department after a day; names them. */
export async function requireEmpty(
  reader: Reader,
  organisation: Organisation,
  bureau: string,
  { department, day }: { department: string; day: string },
): Promise<void> {
  const below = organisation.departments.of(bureau, addDays(day, 1)).filter(({ parent }) => parent === department);
  const after = { or: [{ until_day: null }, { until_day: { gt: day } }] };
  const held = await reader.find("holding", { where: { and: [{ bureau, department }, after] }, columns: ["person"] });
  const working = {
    and: [{ bureau, disabled: { ne: true } }, { or: [{ last_day: null }, { last_day: { gt: day } }] }],
  };
  const people = await reader.find("person", {
    where: { and: [working, { or: [{ department }, { id: { in: held.map(({ person }) => String(person)) } }] }] },
    columns: ["name"],
    orderBy: ["name"],
  });
  if (people.length === 0 && below.length === 0) return;
  throw new JinshuiError("still-used", `Department ${department} is still in use after ${day}`, {
    details: {
      reason: "department-used",
      department,
      count: people.length + below.length,
      people: people.slice(0, NAMED).map(({ name }) => String(name)),
      departments: below.map(({ title }) => title),
    },
  });
}
