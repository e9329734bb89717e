import type { Database, Transaction } from "@jinshui/storage";
import type { Machine } from "../clients/clients.js";

/** What administrators have granted to machine clients. */
export class ClientGrants {
  constructor(readonly database: Database) {}

  /** What a client may have now: what it is registered for and was granted. */
  async of({ id, bureau, scopes }: Machine): Promise<string[]> {
    const rows = await this.database.find("federation_grant", { where: { client: id, bureau }, columns: ["scope"] });
    const granted = new Set(rows.map(({ scope }) => String(scope)));
    return scopes.filter((scope) => granted.has(scope));
  }

  async add(
    tx: Transaction,
    { client, bureau, scopes }: { client: string; bureau: string; scopes: readonly string[] },
  ) {
    for (const scope of scopes) {
      await tx.remove("federation_grant", { client, scope });
      await tx.insert("federation_grant", { client, scope, bureau });
    }
  }

  remove(tx: Transaction, client: string, scopes: readonly string[]): Promise<number> {
    return tx.remove("federation_grant", { client, scope: { in: scopes } });
  }
}
