import { isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { SigningSite } from "../testing/signing-site.js";
import { codeOf } from "../testing/site.js";
import { canonical } from "./canonical.js";

const item = { id: "i1", title: "台式机" };
const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? (error.details?.["reason"] ?? error.code) : String(error)),
  );

eachDatabase(
  "what is signed is what was shown, is found in the history, and holds, with every algorithm",
  async (t, db) => {
    const signing = await SigningSite.open(db);
    const { site } = signing;
    const context = await signing.signer("wanggang");
    for (const algorithm of ["sm2", "ed25519", "rsa"] as const) {
      const key = await signing.giveKey("wanggang", algorithm);
      const instance = await site.start({ reason: "新到岗" }, "signed");
      const input = await signing.completion("wanggang", "approve", { opinion: "同意，请办理" });
      const task = await site.handlers.task({ id: input.id }, context);
      t.deepEqual(
        task.actions.map(({ id, signed }) => [id, signed]),
        [
          ["approve", true],
          ["return", true],
        ],
      );
      const { content, sha256, certificate } = await site.handlers.prepareSignature(input, context);
      t.like(content, {
        format: "jinshui.signature/1",
        bureau: "wuhu",
        process: { key: "signed" },
        instance: { id: instance },
        task: { id: input.id, element: "chief", step: "科长审批" },
        values: { reason: "新到岗" },
        action: "approve",
        opinion: "同意，请办理",
        signer: { name: "王刚" },
        position: { id: "section-chief", title: "科长", department: "levy" },
      });
      t.false("item" in content.values, "a hidden field is not shown, so it is not signed");
      await site.handlers.complete({ ...input, signature: { certificate: certificate.id, sha256 } }, context);
      const [check, ...more] = await signing.checks(instance);
      t.deepEqual(more, []);
      t.like(check, { task: input.id, valid: true, signer: { name: "王刚" }, algorithm, serial: certificate.serial });
      const stored = String((await db.database.findOne("wf_signature", { instance }))?.["content"]);
      t.is(canonical(JSON.parse(stored)), stored, "canonical JSON comes back as it was");
      t.deepEqual(JSON.parse(stored), { ...content, at: check?.at });
      const [audited] = await db.database.find("audit_entry", { where: { action: "task-approve" }, orderBy: ["-id"] });
      t.regex(
        JSON.stringify(audited?.["after_value"]),
        /"signature":"[0-9a-f]{64}"/,
        "and the audit trail knows of it",
      );
      await site.signatures.handlers.revokeKey({ certificate: key, reason: "换一个" }, context);
    }
  },
);

eachDatabase(
  "a step that takes a signature is not finished without one, nor with one of something else",
  async (t, db) => {
    const signing = await SigningSite.open(db);
    const { site } = signing;
    const instance = await site.start({ reason: "新到岗" }, "signed");
    const input = await signing.completion("wanggang", "approve");
    const context = await signing.signer("wanggang");
    const { handlers } = site;
    t.is(await codeOf(handlers.complete(input, context)), "signature-required");
    t.is(await reasonOf(handlers.prepareSignature(input, context)), "no-certificate");
    const own = await signing.giveKey("wanggang");
    const others = await signing.giveKey("zhaomin");
    const { sha256 } = await handlers.prepareSignature(input, context);
    const complete = (
      signature: { certificate: string; sha256: string },
      more: object = {},
      by = context,
    ): Promise<unknown> => reasonOf(handlers.complete({ ...input, ...more, signature }, by));
    t.is(
      await complete({ certificate: own, sha256 }, { opinion: "不同意" }),
      "content-changed",
      "another opinion than was shown",
    );
    t.is(await complete({ certificate: own, sha256 }, { action: "return" }), "content-changed", "another outcome");
    t.is(await complete({ certificate: others, sha256 }), "no-certificate", "somebody else's key");
    t.is(
      await complete({ certificate: own, sha256 }, {}, await site.as("wanggang")),
      "sign-in-again",
      "long signed in",
    );
    t.is(
      await complete({ certificate: own, sha256 }, {}, await signing.signer("wanggang", "asset")),
      "forbidden",
      "a plugin",
    );
    t.is(await db.database.count("wf_signature"), 0);
    t.deepEqual(await signing.checks(instance), [], "and nothing happened");
    t.is(await complete({ certificate: own, sha256 }), "ok");
    t.is(
      await codeOf(handlers.complete({ ...input, signature: { certificate: own, sha256 } }, context)),
      "task-closed",
    );
    t.is(await db.database.count("wf_signature"), 1);
  },
);

eachDatabase("half a character in an opinion is refused in words", async (t, db) => {
  const signing = await SigningSite.open(db);
  await signing.giveKey("wanggang");
  const instance = await signing.site.start({ reason: "新到岗" }, "signed");
  const input = await signing.completion("wanggang", "approve", { opinion: "半\ud842" });
  const call = signing.site.handlers.prepareSignature(input, await signing.signer("wanggang"));
  t.is(await reasonOf(call), "half-character");
  t.deepEqual(await signing.checks(instance), []);
});

eachDatabase("who signs for a colleague signs so, with a key of their own", async (t, db) => {
  const signing = await SigningSite.open(db);
  const { site } = signing;
  await signing.giveKey("zhaomin", "sm2");
  await site.delegate("wanggang", "zhaomin");
  const instance = await site.start({ reason: "新到岗" }, "signed");
  await signing.sign("zhaomin", "approve");
  t.like((await signing.checks(instance))[0], { valid: true, signer: { name: "赵敏" }, onBehalfOf: { name: "王刚" } });
});

eachDatabase("later steps may fill the form further; earlier signatures hold", async (t, db) => {
  const signing = await SigningSite.open(db);
  const { site } = signing;
  await signing.giveKey("wanggang");
  await signing.giveKey("zhaomin", "sm2");
  const instance = await site.start({ reason: "新到岗" }, "signed");
  await signing.sign("wanggang", "return", { opinion: "请写明用途" });
  await site.act("lixia", "submit", { reason: "新窗口" });
  await signing.sign("wanggang", "approve");
  await signing.sign("zhaomin", "handover", { values: { item } });
  t.deepEqual(await signing.faults(instance), ["valid", "valid", "valid"]);
  await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
  const [archived] = (await site.handlers.archives({}, await site.as("lixia"))).archives;
  const item1 = await site.handlers.archive({ id: archived?.id ?? "" }, await site.as("lixia"));
  t.true(item1.intact);
  t.deepEqual(
    item1.signatures.map(({ valid }) => valid),
    [true, true, true],
    "in the archive too",
  );
});

eachDatabase(
  "a certificate that ends or is revoked after signing takes nothing away; one revoked before signs nothing",
  async (t, db) => {
    const signing = await SigningSite.open(db, { validityMs: 8_000 });
    const { site } = signing;
    await signing.giveKey("wanggang");
    const first = await site.start({ reason: "一" }, "signed");
    await signing.sign("wanggang", "approve");
    const certificate = await db.database.findOne("signing_certificate", {});
    await new Promise((resolve) =>
      setTimeout(resolve, Date.parse(String(certificate?.["not_after"])) - Date.now() + 50),
    );
    t.deepEqual(await signing.faults(first), ["valid"], "ended since");
    await site.start({ reason: "二" }, "signed");
    const input = await signing.completion("wanggang", "approve");
    const context = await signing.signer("wanggang");
    t.is(await reasonOf(site.handlers.prepareSignature(input, context)), "no-certificate");
    const id = String(certificate?.["id"]);
    const signature = { certificate: id, sha256: "0".repeat(64) };
    t.is(await reasonOf(site.handlers.complete({ ...input, signature }, context)), "content-changed");
    await site.signatures.handlers.revokeKey({ certificate: id, reason: "不再使用" }, context);
    t.is(await db.database.count("signing_key"), 0, "its key is gone");
    t.deepEqual(await signing.faults(first), ["valid"], "revoked since");
    await db.database.transaction((tx) =>
      tx.update("signing_certificate", { id }, { revoked_at: "2026-01-01T00:00:00.000Z" }),
    );
    t.deepEqual(await signing.faults(first), ["revoked"], "revoked before");
  },
);
