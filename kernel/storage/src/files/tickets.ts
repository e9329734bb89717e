import { JinshuiError } from "@jinshui/contracts";
import { createHash, randomBytes } from "node:crypto";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";

const LIFE_MS = 5 * 60_000;
/** A link in a page that shows the file lives on while it is used, but not longer than a session. */
const VIEW_MS = 12 * 3_600_000;

/** `download`: one answer; `view`: ranges, again and again; `upload`: one file. */
export type Purpose = "download" | "view" | "upload";

export interface Ticket {
  purpose: Purpose;
  bureau: string;
  /** Person, or `plugin:<id>`. */
  holder: string;
  /** Absent for an upload. */
  file?: string;
}

/** One-time rights, kept in the database as hashes: a restart or a second kernel does not make them good again. */
export class Tickets {
  constructor(readonly database: Database) {}

  async issue({ purpose, bureau, holder, file }: Ticket): Promise<{ ticket: string; expiresAt: string }> {
    const ticket = randomBytes(32).toString("base64url");
    const expiresAt = after(LIFE_MS);
    await this.database.transaction(
      (tx) => tx.insert("file_ticket", { hash: hashOf(ticket), purpose, bureau, holder, file, expires_at: expiresAt }),
      { essential: true },
    );
    return { ticket, expiresAt };
  }

  /** What a ticket is good for now, without using it. */
  async look(ticket: string, purposes: readonly Purpose[]): Promise<Ticket> {
    return this.#valid(await this.database.findOne("file_ticket", { hash: hashOf(ticket) }), purposes);
  }

  /**
   * Uses a ticket.
   * @throws JinshuiError `ticket-used` (410) the second time, `forbidden` when it is unknown, expired or for something else.
   */
  async use(ticket: string, purposes: readonly Purpose[]): Promise<Ticket> {
    const hash = hashOf(ticket);
    return this.database.transaction(
      async (tx) => {
        const row = await tx.findOneForUpdate("file_ticket", { hash });
        const found = this.#valid(row, purposes);
        if (found.purpose !== "view") await tx.update("file_ticket", { hash }, { used_at: tx.time });
        else if (!row?.["used_at"])
          await tx.update("file_ticket", { hash }, { used_at: tx.time, expires_at: after(LIFE_MS) });
        else if (String(row["expires_at"]) < after(LIFE_MS / 2) && String(row["used_at"]) > after(-VIEW_MS))
          await tx.update("file_ticket", { hash }, { expires_at: after(LIFE_MS) });
        return found;
      },
      { essential: true },
    );
  }

  /** Removes what can no longer be used. */
  async sweep(): Promise<void> {
    await this.database.transaction((tx) => tx.remove("file_ticket", { expires_at: { lt: after(-LIFE_MS) } }, 5_000), {
      essential: true,
    });
  }

  #valid(row: Row | undefined, purposes: readonly Purpose[]): Ticket {
    const purpose = row?.["purpose"] as Purpose | undefined;
    if (!row || purpose === undefined || !purposes.includes(purpose) || String(row["expires_at"]) < after(0))
      throw new JinshuiError("forbidden", "This link or ticket is wrong or has expired; ask for a new one");
    if (purpose !== "view" && row["used_at"] !== undefined)
      throw new JinshuiError("ticket-used", "This link or ticket was used before; ask for a new one");
    const { file } = row as { file?: string };
    return {
      purpose,
      bureau: String(row["bureau"]),
      holder: String(row["holder"]),
      ...(file === undefined ? {} : { file }),
    };
  }
}

/** How a ticket stands in the database. */
export function hashOf(ticket: string): string {
  return createHash("sha256").update(ticket).digest("hex");
}

function after(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
