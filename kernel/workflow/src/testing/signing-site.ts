import type { OpInput, SignatureAlgorithm, SignatureCheck, WorkflowApi } from "@jinshui/contracts";
import { context as callContext } from "@jinshui/auth/testing";
import type { Context } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SIGNED_REQUISITION } from "./processes.js";
import { WorkflowSite } from "./site.js";

/** One authority for all sites of a process, which are opened one after the other: making its key takes a second. */
let last: Promise<{ keysFolder: string }> | undefined;

type Completion = OpInput<WorkflowApi, "prepareSignature">;

/** A site with a process whose steps are signed, and people who have keys. */
export class SigningSite {
  private constructor(readonly site: WorkflowSite) {}

  static async open(db: TestDatabase, keys: { validityMs?: number } = {}): Promise<SigningSite> {
    const opened = (last ?? mkdtemp(join(tmpdir(), "jinshui-authority-")).then((keysFolder) => ({ keysFolder }))).then(
      async ({ keysFolder }) => {
        const site = await WorkflowSite.open(db, { keysFolder, ...keys });
        await site.signatures.authority.root();
        return { keysFolder, site };
      },
    );
    last = opened;
    const { site } = await opened;
    await site.deploy([SIGNED_REQUISITION]);
    return new SigningSite(site);
  }

  /** The context of a person who has just proven who they are. */
  async signer(username: string, caller = "gateway"): Promise<Context> {
    const { db, auth } = this.site;
    const person = await db.database.findOne("person", { username });
    const who = { id: String(person?.["id"]), name: String(person?.["name"]), bureau: String(person?.["bureau"]) };
    const { tokens } = auth.access;
    const signedInAt = Math.floor(tokens.clock() / 1_000);
    return callContext({ bureau: who.bureau, caller, actor: await tokens.mint(who, caller, { signedInAt }) });
  }

  /** Asks for a key, has 钱力 agree, and makes it; the certificate's id. */
  async giveKey(username: string, algorithm: SignatureAlgorithm = "ed25519"): Promise<string> {
    const { signatures, auth } = this.site;
    const context = await this.signer(username);
    const { change } = await signatures.handlers.requestKey({ algorithm, reason: "审批需要签名" }, context);
    await auth.organisationHandlers.decideChange({ change, approve: true }, await this.signer("qianli"));
    return (await signatures.handlers.makeKey({}, context)).id;
  }

  /** Finishes the only task of somebody, signed. */
  async sign(username: string, action: string, more: Partial<Completion> = {}): Promise<void> {
    const { handlers } = this.site;
    const input = await this.completion(username, action, more);
    const context = await this.signer(username);
    const { sha256, certificate } = await handlers.prepareSignature(input, context);
    await handlers.complete({ ...input, signature: { certificate: certificate.id, sha256 } }, context);
  }

  /** How somebody would finish their only task. */
  async completion(username: string, action: string, more: Partial<Completion> = {}): Promise<Completion> {
    const [task] = await this.site.inbox(username);
    return { id: task?.id ?? "none", version: task?.version ?? 0, action, opinion: "同意", values: {}, ...more };
  }

  async checks(instance: string): Promise<SignatureCheck[]> {
    return (await this.site.handlers.instance({ id: instance }, await this.site.as("lixia"))).signatures;
  }

  /** The faults of all signatures of an instance, `valid` for those without. */
  async faults(instance: string): Promise<string[]> {
    return (await this.checks(instance)).map(({ fault = "valid" }) => fault);
  }
}
