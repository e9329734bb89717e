import type { AccessControl, ChangeRequests } from "@jinshui/auth";
import {
  type Context,
  type Handlers,
  JinshuiError,
  SECURITY_PERMISSION,
  type SignatureAlgorithm,
  type SignatureApi,
} from "@jinshui/contracts";
import { type Actor, type Database, onceByKey, pageOf, type Row, type Transaction } from "@jinshui/storage";
import { type Authority, fingerprint } from "./authority.js";
import { type Certificates, describedCertificate } from "./certificates.js";
import { grantSigningKey, ISSUE_SIGNING_KEY, type SigningKeyPayload } from "./signing-key-change.js";

/** The signature API: what people do with their own keys, and security administrators with those of their bureau. */
export function signatureHandlers(parts: {
  database: Database;
  access: AccessControl;
  changes: ChangeRequests;
  certificates: Certificates;
  authority: Authority;
}): Handlers<SignatureApi> {
  const { database, access, changes, certificates, authority } = parts;
  const propose = changes.kind(ISSUE_SIGNING_KEY, grantSigningKey(access.organisation, certificates));

  const actorOf = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };
  const write = <T>(
    context: Context,
    actor: Actor,
    input: unknown,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> => onceByKey(database, context, actor.id, input, work);
  const note = (tx: Transaction, { bureau, id, name }: Actor, action: string, serial: string, after?: unknown): void =>
    tx.audit({ bureau, actor: { id, name }, action, resource: `signing-certificate/${serial}`, after });
  const described = async (id: string): Promise<ReturnType<typeof describedCertificate>> => {
    const row = await database.findOne("signing_certificate", { id });
    if (!row) throw new JinshuiError("not-found", `There is no certificate ${id}`);
    return describedCertificate(row, new Date().toISOString());
  };
  /** A certificate of one's own, or with `site.security` anybody's of the bureau; locked. */
  const certificateOf = async (tx: Transaction, actor: Actor, id: string, othersToo: boolean): Promise<Row> => {
    const row = await tx.findOneForUpdate("signing_certificate", { id, bureau: actor.bureau });
    const isOthers = othersToo && actor.permissions.has(SECURITY_PERMISSION);
    if (!row || !(row["person"] === actor.id || isOthers))
      throw new JinshuiError("not-found", `There is no certificate ${id} for ${actor.name}`, {
        details: { certificate: id },
      });
    if (row["revoked_at"] !== undefined)
      throw new JinshuiError("conflict", `Certificate ${id} is revoked already`, {
        details: { reason: "certificate-revoked" },
      });
    return row;
  };
  /** Whether somebody's request waits to be decided; a bureau has few at a time. */
  const hasRequest = async (bureau: string, person: string): Promise<boolean> => {
    const now = new Date(changes.clock()).toISOString();
    const pending = await database.find("change_request", {
      where: { bureau, kind: ISSUE_SIGNING_KEY, state: "pending", expires_at: { gt: now } },
      columns: ["payload"],
      limit: 1_000,
    });
    return pending.some(({ payload }) => (payload as SigningKeyPayload).person === person);
  };
  const replace = async (
    actor: Actor,
    algorithm: SignatureAlgorithm,
    context: Context,
    input: unknown,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<ReturnType<typeof describedCertificate>> => {
    const made = await certificates.make(actor, algorithm);
    const id = await write(context, actor, input, async (tx) => {
      await work(tx);
      await made.keep(tx);
      note(tx, actor, "issue-signing-certificate", made.serial, { algorithm });
      return made.id;
    });
    return described(id);
  };

  return {
    async certificates({ person: other, ...page }, context) {
      const actor = await actorOf(context);
      if (other !== undefined && other !== actor.id) access.require(actor, SECURITY_PERMISSION);
      const person = other ?? actor.id;
      const now = new Date().toISOString();
      const where = { person, bureau: actor.bureau };
      const { rows, nextCursor } = await pageOf(database, "signing_certificate", where, ["-issued_at", "-id"], page);
      const grant = await database.findOne("signing_grant", { ...where, until: { gt: now } });
      return {
        certificates: rows.map((row) => describedCertificate(row, now)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("signing_certificate", where),
        ...(grant
          ? { granted: { algorithm: grant["algorithm"] as SignatureAlgorithm, until: String(grant["until"]) } }
          : {}),
        requested: await hasRequest(actor.bureau, person),
      };
    },

    async requestKey({ algorithm, reason }, context) {
      const actor = await actorOf(context);
      if (await hasRequest(actor.bureau, actor.id))
        throw new JinshuiError("conflict", `${actor.name} has asked for a signing key already`, {
          details: { reason: "signing-key-requested" },
        });
      const change = await propose({ person: actor.id, algorithm }, { actor, reason, key: context.idempotencyKey });
      return { change };
    },

    async makeKey(input, context) {
      const actor = await actorOf(context);
      const grant = await database.findOne("signing_grant", { person: actor.id });
      return replace(actor, (grant?.["algorithm"] ?? "sm2") as SignatureAlgorithm, context, input, async (tx) => {
        // whoever removes it has used it: two requests make one key
        const used = await tx.remove("signing_grant", { person: actor.id, until: { gt: tx.time } });
        if (used !== 1)
          throw new JinshuiError("conflict", `Nobody has agreed to a signing key for ${actor.name}`, {
            details: { reason: "no-signing-grant" },
          });
      });
    },

    async renewKey(input, context) {
      const actor = await actorOf(context);
      const found = await database.findOne("signing_certificate", { id: input.certificate, person: actor.id });
      const algorithm = (found?.["algorithm"] ?? "sm2") as SignatureAlgorithm;
      return replace(actor, algorithm, context, input, async (tx) => {
        const row = await certificateOf(tx, actor, input.certificate, false);
        if (!describedCertificate(row, tx.time).renewable)
          throw new JinshuiError("conflict", `Certificate ${input.certificate} is not about to end`, {
            details: { reason: "not-renewable" },
          });
        await certificates.revoke(tx, row, { id: actor.id, name: actor.name }, "superseded");
        note(tx, actor, "renew-signing-certificate", String(row["serial"]));
      });
    },

    async revokeKey(input, context) {
      const actor = await actorOf(context);
      return write(context, actor, input, async (tx) => {
        const row = await certificateOf(tx, actor, input.certificate, true);
        await certificates.revoke(tx, row, { id: actor.id, name: actor.name }, input.reason);
        note(tx, actor, "revoke-signing-certificate", String(row["serial"]), {
          person: row["person"],
          reason: input.reason,
        });
        return {};
      });
    },

    async authority(_input, context) {
      await actorOf(context);
      const { certificate } = await authority.root();
      return {
        subject: certificate.subject,
        notAfter: certificate.notAfter.toISOString(),
        sha256: fingerprint(certificate),
        pem: certificate.toString("pem"),
      };
    },
  };
}
