import type { EndingCertificate } from "@jinshui/contracts";
import type { Organisation } from "@jinshui/auth";
import { type Database, pageOf, type Where } from "@jinshui/storage";

/** A page of certificates, the next one to end first. */
export interface Ending {
  certificates: EndingCertificate[];
  nextCursor?: string;
  total: number;
}

/** Certificates of a bureau's people that are in force now and end before a time; of people who are still there. */
export async function endingCertificates(
  { database, organisation }: { database: Database; organisation: Organisation },
  bureau: string,
  before: string,
  page: { limit?: number; cursor?: string },
): Promise<Ending> {
  const now = new Date().toISOString();
  const ending: Where = { bureau, revoked_at: null, not_after: { gt: now, lt: before } };
  const owners = await database.find("signing_certificate", { where: ending, columns: ["person"] });
  const people = await database.find("person", {
    where: { and: [{ id: { in: owners.map(({ person }) => String(person)) } }, organisation.active()] },
    columns: ["id"],
  });
  const where: Where = { ...ending, person: { in: people.map(({ id }) => String(id)) } };
  const { rows, nextCursor } = await pageOf(database, "signing_certificate", where, ["not_after", "id"], page);
  const names = await organisation.names(rows.map(({ person }) => String(person)));
  return {
    certificates: rows.map(({ person, serial, not_after: notAfter }) => ({
      person: names.get(String(person)) ?? { id: String(person), name: String(person) },
      serial: String(serial),
      notAfter: String(notAfter),
    })),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    total: await database.count("signing_certificate", where),
  };
}
