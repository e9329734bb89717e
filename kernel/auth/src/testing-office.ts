import { isJinshuiError, type OpInput, type OpOutput, type OrganisationApi } from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";
import type { TestDatabase } from "@jinshui/storage/testing";
import type { Auth } from "./open-auth.js";
import { context, testAuth } from "./testing.js";

/** The code of an error. */
export const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));
/** The reason that an error's details name. */
export const why = (error: unknown): unknown => (isJinshuiError(error) ? error.details?.["reason"] : String(error));

/** The test organisation, spoken to by its people. */
export class Office {
  private constructor(
    readonly auth: Auth,
    readonly clock: { now: number },
    readonly ids: ReadonlyMap<string, string>,
    readonly db: TestDatabase,
  ) {}

  static async open(db: TestDatabase): Promise<Office> {
    const { auth, clock } = await testAuth(db);
    const rows = await db.database.find("person");
    return new Office(auth, clock, new Map(rows.map((row) => [String(row["username"]), String(row["id"])])), db);
  }

  id(username: string): string {
    return this.ids.get(username) ?? "";
  }

  /** Calls an operation as somebody. */
  async as<Op extends keyof OrganisationApi["ops"]>(
    username: string,
    op: Op,
    input: OpInput<OrganisationApi, Op>,
    fields: { idempotencyKey?: string } = {},
  ): Promise<OpOutput<OrganisationApi, Op>> {
    const person = await this.auth.organisation.person(this.id(username));
    if (!person) throw new Error(`${username} is gone`);
    const actor = await this.auth.access.tokens.mint(person, "gateway");
    const handler = this.auth.organisationHandlers[op] as (
      input: unknown,
      context: unknown,
    ) => Promise<OpOutput<OrganisationApi, Op>>;
    return handler(input, context({ bureau: person.bureau, actor, op, ...fields }));
  }

  async permissions(username: string): Promise<string[]> {
    const person = await this.auth.organisation.known(this.id(username));
    return person ? [...this.auth.access.actor(person).permissions].sort() : [];
  }

  async audit(action: string): Promise<Row[]> {
    return this.db.database.find("audit_entry", { where: { action }, orderBy: ["id"] });
  }
}
