import type { Seal } from "@jinshui/auth";
import type { Row, Transaction } from "@jinshui/storage";
import { newSecret } from "./signing.js";

/** How long a secret is used beside the one that has taken its place. */
const OVERLAP_MS = 86_400_000;
/** Of secrets that are renewed again and again within a day. */
const MOST = 5;

interface SealedSecret {
  sealed: string;
  until?: string;
}

/** Secrets in a row of `webhook` or `inbound_hook`, sealed for that row only. */
export class Secrets {
  constructor(readonly seal: Seal) {}

  /** Those that are used at a time, the newest first. */
  of(row: Row, now: string): string[] {
    return usable(row, now).map(({ sealed }) => this.seal.open(sealed, String(row["id"])));
  }

  /** Puts a new one in front; the one before goes on for a day. */
  async renew(
    tx: Transaction,
    table: string,
    row: Row,
    values: Row,
  ): Promise<{ secret: string; formerUntil?: string }> {
    const id = String(row["id"]);
    const until = new Date(Date.parse(tx.time) + OVERLAP_MS).toISOString();
    const former = usable(row, tx.time).map(({ sealed, until: end = until }) => ({ sealed, until: end }));
    const secret = newSecret();
    const secrets = [{ sealed: this.seal.close(secret, id) }, ...former].slice(0, MOST);
    await tx.update(table, { id }, { ...values, secrets });
    return { secret, ...(former.length > 0 ? { formerUntil: until } : {}) };
  }
}

/** Until when the secret before the present one is used. */
export function formerUntil(row: Row, now: string): string | undefined {
  return usable(row, now)[1]?.until;
}

function usable({ secrets }: Row, now: string): SealedSecret[] {
  return (secrets as SealedSecret[]).filter(({ until }) => until === undefined || until > now);
}

/** Seals all secrets anew, with the present key. */
export async function resealWebhooks(tx: Transaction, seal: Seal): Promise<void> {
  for (const table of ["webhook", "inbound_hook"])
    for (const row of await tx.find(table, { columns: ["id", "secrets"] })) {
      const id = String(row["id"]);
      const secrets = (row["secrets"] as SealedSecret[]).map((secret) => ({
        ...secret,
        sealed: seal.renewed(secret.sealed, id),
      }));
      await tx.update(table, { id }, { secrets });
    }
}
