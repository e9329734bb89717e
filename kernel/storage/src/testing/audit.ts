import { linkAll } from "../audit/link.js";
import { type AuditProblem, verifyAudit } from "../audit/verify.js";
import type { Database } from "../database/database.js";

/** Links what waits and says what is wrong with a bureau's audit chain; a whole one has no problems. */
export async function auditProblems(database: Database, bureau: string): Promise<AuditProblem[]> {
  await linkAll(database);
  return (await verifyAudit(database, { bureau })).problems;
}
