import type { ActorRef } from "@jinshui/contracts";
import type { Reader, Row } from "@jinshui/storage";
import type { Period } from "./period.js";

/** That one person does the work of another's positions for a while. */
export interface Delegated extends Period {
  id: string;
  from: string;
  to: string;
  /** All positions of the giver when absent. */
  positions?: readonly string[];
  since: string;
  until: string;
}

/** A position that somebody holds, or has of somebody who holds it. */
export interface ActivePosition {
  id: string;
  department: string;
  /** Whose it is, where another has given it for a while. */
  onBehalfOf?: ActorRef;
}

function delegatedOf(row: Row): Delegated {
  const positions = row["positions"] as string[] | undefined;
  return {
    id: String(row["id"]),
    from: String(row["from_person"]),
    to: String(row["to_person"]),
    since: String(row["since_day"]),
    until: String(row["until_day"]),
    ...(positions === undefined ? {} : { positions }),
  };
}

/** Delegations that hold on a day, to people or from people. */
export async function delegationsOn(
  reader: Reader,
  day: string,
  who: { to: readonly string[] } | { from: readonly string[] },
): Promise<Delegated[]> {
  const people = "to" in who ? { to_person: { in: [...who.to] } } : { from_person: { in: [...who.from] } };
  const rows = await reader.find("delegation", {
    where: { ...people, since_day: { lte: day }, until_day: { gte: day }, ended_at: null },
    orderBy: ["since_day", "id"],
  });
  return rows.map(delegatedOf);
}

/** Whether a delegation gives this position. */
export function gives({ positions }: Delegated, position: string): boolean {
  return positions === undefined || positions.includes(position);
}
