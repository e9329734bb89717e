import { JinshuiError } from "@jinshui/contracts";
import type { Reader } from "@jinshui/storage";
import type { Organisation, Person } from "./organisation.js";
import { isDay, type Period } from "./period.js";

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
