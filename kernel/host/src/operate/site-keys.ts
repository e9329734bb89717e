import { resealAuthenticators, Seal, dropReplaced, renewRing } from "@jinshui/auth";
import { JinshuiError } from "@jinshui/contracts";
import { SigningKeys } from "@jinshui/federation";
import { renewAuthority, resealAuthority, resealSigningKeys, SIGNATURE_TABLES } from "@jinshui/signature";
import { anchorFile, type Database, openAnchorKey, publicKeyFile, type Transaction } from "@jinshui/storage";
import { resealWebhooks, WEBHOOK_KEY, WEBHOOK_TABLES } from "@jinshui/webhooks";
import { resealSettings, SUPERVISOR_TABLES } from "@jinshui/supervisor";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { ANCHOR_KEY, SETTINGS_KEY } from "../data-folder.js";
import type { StoppedSite } from "./stopped-site.js";

/** A site about to get a new key. */
interface KeySite extends Pick<StoppedSite, "database" | "config" | "data" | "keysFolder"> {
  /** Where audit anchors are. */
  anchors: string;
}

/** A key of the site that its operator can renew. */
export interface SiteKey {
  name: string;
  /** Names below `keys`; of several the first says how old it is. */
  files: readonly string[];
  /** What it does, in Chinese and English. */
  what: string;
  /** Makes a new one; goes on where it was broken off. What it did in the database belongs into `note`'s transaction. */
  renew(site: KeySite, note: (tx: Transaction) => void): Promise<void>;
}

/** Keys that are made when they are missing: what they signed is used up within minutes, or carries all it takes to check it. */
function throwaway(name: string, what: string, files: readonly string[]): SiteKey {
  return {
    name,
    what,
    files,
    async renew(site, note) {
      await noted(site.database, note);
      for (const file of files) await rm(join(site.keysFolder, file), { force: true });
    },
  };
}

/** All keys of a site that lie in its folder `keys` (docs/reference/keys.md). */
export const SITE_KEYS: readonly SiteKey[] = [
  throwaway("actor-token", "签发内部身份令牌（五分钟） · signs actor tokens (five minutes)", ["actor-token.pem"]),
  {
    name: "bus",
    what: "签发消息总线凭据 · mints credentials of the bus",
    files: ["bus-signer.nk", "bus-account.nk", "bus-operator.nk", "bus-system.nk"],
    async renew(site, note) {
      await noted(site.database, note);
      for (const file of this.files) await rm(join(site.keysFolder, file), { force: true });
      // streams belong to an account; the outbox fills those of the new one
      await rm(site.data.at("nats", "store"), { recursive: true, force: true });
    },
  },
  {
    name: "audit-anchor",
    what: "签署审计锚点 · signs anchors of the audit chains",
    files: [ANCHOR_KEY],
    renew: renewAnchorKey,
  },
  {
    name: "second-factors",
    what: "加密验证器密钥 · seals secrets of authenticator apps",
    files: ["second-factors.key"],
    renew: (site, note) => reseal(site, "second-factors.key", note, resealAuthenticators),
  },
  {
    name: "plugin-settings",
    what: "加密插件设置中的机密 · seals secrets among settings of plugins",
    files: [SETTINGS_KEY],
    async renew(site, note) {
      await site.database.ensureTables(SUPERVISOR_TABLES);
      await reseal(site, SETTINGS_KEY, note, resealSettings);
    },
  },
  {
    name: "signing",
    what: "加密签名私钥 · seals private keys for signatures",
    files: ["signing.key"],
    async renew(site, note) {
      await site.database.ensureTables(SIGNATURE_TABLES);
      await reseal(site, "signing.key", note, async (tx, seal) => {
        await resealSigningKeys(tx, seal);
        await resealAuthority(site.keysFolder, seal);
      });
    },
  },
  {
    name: "signing-authority",
    what: "签发签名证书 · issues certificates for signatures",
    files: ["signing-authority.crt", "signing-authority.key"],
    async renew({ database, keysFolder, config }, note) {
      await noted(database, note);
      const seal = await Seal.open(keysFolder, "signing.key", config.site.crypto?.cipher);
      await renewAuthority(keysFolder, seal, config.site.site.title["zh-CN"]);
    },
  },
  throwaway("document-signing", "签署文书 PDF · signs documents for the site", [
    "document-signing.crt",
    "document-signing.key",
  ]),
  {
    name: "federation-signing",
    what: "签发给其他系统的令牌 · signs tokens for other systems",
    files: ["federation-signing.json"],
    async renew({ database, keysFolder }, note) {
      await SigningKeys.open(keysFolder, { renew: "gently" });
      await noted(database, note);
    },
  },
  {
    name: "webhooks",
    what: "加密事件推送与接收的密钥 · seals secrets of webhooks",
    files: [WEBHOOK_KEY],
    async renew(site, note) {
      await site.database.ensureTables(WEBHOOK_TABLES);
      await reseal(site, WEBHOOK_KEY, note, resealWebhooks);
    },
  },
  throwaway("federation-cookies", "签署其他系统登录时的 Cookie · signs cookies of sign-ins for other systems", [
    "federation-cookies",
  ]),
];

function noted(database: Database, note: (tx: Transaction) => void): Promise<void> {
  return database.transaction((tx) => Promise.resolve(note(tx)));
}

/** A new sealing key: both are there until all is sealed with the new one. */
async function reseal(
  { database, keysFolder, config }: KeySite,
  name: string,
  note: (tx: Transaction) => void,
  work: (tx: Transaction, seal: Seal) => Promise<unknown>,
): Promise<void> {
  await renewRing(keysFolder, name);
  const seal = await Seal.open(keysFolder, name, config.site.crypto?.cipher);
  await database.transaction(async (tx) => {
    await work(tx, seal);
    note(tx);
  });
  await dropReplaced(keysFolder, name);
}

/**
 * Anchors go on in an empty folder under a new key (ADR 8). Those of the former key lie beside, below its id and with its public
 * key, and still prove what they proved.
 */
async function renewAnchorKey(
  { database, keysFolder, anchors }: KeySite,
  note: (tx: Transaction) => void,
): Promise<void> {
  const file = join(keysFolder, ANCHOR_KEY);
  if (!existsSync(file)) return noted(database, note);
  const { id } = await openAnchorKey(file);
  const former = join(anchors, id);
  for (const { bureau } of await database.find("audit_anchor", { where: { signer: id }, columns: ["bureau"] })) {
    const name = basename(anchorFile(anchors, String(bureau)));
    if (!existsSync(join(anchors, name)) && !existsSync(join(former, name)))
      throw new JinshuiError(
        "not-found",
        `The anchors of ${String(bureau)} are not in ${anchors}: name their folder with --anchors`,
      );
  }
  await noted(database, note);
  await mkdir(former, { recursive: true });
  for (const entry of await readdir(anchors, { withFileTypes: true }))
    if (entry.isFile() && (entry.name.endsWith(".jsonl") || entry.name === basename(publicKeyFile(anchors))))
      await rename(join(anchors, entry.name), join(former, entry.name));
  await rm(file);
}
