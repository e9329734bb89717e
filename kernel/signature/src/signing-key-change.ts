import { type ChangeKind, type Organisation, requirePerson } from "@jinshui/auth";
import { JinshuiError, type SignatureAlgorithm } from "@jinshui/contracts";
import type { Certificates } from "./certificates.js";

const GRANT_DAYS = 30;

/** The kind of its change requests. */
export const ISSUE_SIGNING_KEY = "issue-signing-key";

const TITLES: Readonly<Record<SignatureAlgorithm, string>> = { sm2: "SM2", ed25519: "Ed25519", rsa: "RSA" };

export interface SigningKeyPayload {
  person: string;
  algorithm: SignatureAlgorithm;
}

/** That a person may make a signing key: they make it themselves afterwards, with a proof of who they are. */
export function grantSigningKey(organisation: Organisation, certificates: Certificates): ChangeKind<SigningKeyPayload> {
  return {
    async summary({ person, algorithm }, reader) {
      const { name } = await requirePerson(organisation, person, undefined, reader);
      return {
        "zh-CN": `为${name}颁发签名证书（${TITLES[algorithm]}）`,
        en: `A signing certificate for ${name} (${TITLES[algorithm]})`,
      };
    },
    beneficiaries: ({ person }) => [person],
    async check({ person }, bureau, reader) {
      const { name } = await requirePerson(organisation, person, bureau, reader);
      if (await certificates.inForce(reader, person, new Date().toISOString()))
        throw new JinshuiError("conflict", `${name} has a signing certificate in force`, {
          details: { reason: "has-signing-certificate" },
        });
    },
    async apply(tx, { person, algorithm }, bureau) {
      await tx.remove("signing_grant", { person });
      const until = new Date(Date.parse(tx.time) + GRANT_DAYS * 86_400_000).toISOString();
      await tx.insert("signing_grant", { person, bureau, algorithm, until });
      return `person/${person}`;
    },
  };
}
