import { isJinshuiError, type OpInput, type WebhooksApi } from "@jinshui/contracts";
import { context } from "@jinshui/auth/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { Webhook as Signer } from "standardwebhooks";
import { webhookSite } from "../testing.js";

const failure = (error: unknown): unknown => (isJinshuiError(error) ? [error.code, error.details?.["reason"]] : error);
const event = (change: object = {}): Record<string, unknown> => ({
  specversion: "1.0",
  id: "e-1",
  source: "https://tax-core.example/payments",
  type: "cn.gov.tax.payment-made",
  subject: "91340200",
  data: { amount: "120.50" },
  ...change,
});

eachDatabase("an event that is signed comes onto the bus once, and nothing else does", async (t, db) => {
  const { people, database, clock } = await webhookSite(t, db);
  const { handlers } = people;
  const sunjie = await people.as("sunjie");
  const wanted = { title: "核心征管", source: "tax-core", names: ["payment-made"], reason: "缴款通知" };
  t.deepEqual(await handlers.proposeInbound(wanted, await people.as("lixia")).catch(failure), ["forbidden", undefined]);
  await people.agree((await handlers.proposeInbound(wanted, sunjie)).change);
  t.deepEqual(await handlers.proposeInbound(wanted, sunjie).catch(failure), ["not-unique", undefined]);
  const { hooks } = await handlers.inboundHooks({}, sunjie);
  const { id: hook = "" } = hooks[0] ?? {};
  t.like(hooks[0], { source: "ext-tax-core", state: "new", path: `/api/v1/hooks/${hook}` });
  const { secret } = await handlers.renewInboundSecret({ hook }, sunjie);

  /** Signed by an independent implementation. */
  const signed = (body: string, { id = "m-1", at = clock.now, by = secret } = {}): OpInput<WebhooksApi, "receive"> => ({
    ...{ hook, id, body, address: "10.9.9.9" },
    timestamp: String(Math.floor(at / 1_000)),
    signature: new Signer(by).sign(id, new Date(at), body),
  });
  const receive = (input: OpInput<WebhooksApi, "receive">): Promise<unknown> =>
    handlers.receive(input, context()).catch(failure);
  const body = JSON.stringify(event());

  const first = (await receive(signed(body))) as { event: string; duplicate: boolean };
  t.false(first.duplicate);
  t.deepEqual(await receive(signed(body)), { event: first.event, duplicate: true }, "a repetition has no effect");
  t.deepEqual(
    await receive(signed(body, { id: "m-2" })),
    { event: first.event, duplicate: true },
    "nor under another message",
  );
  t.deepEqual(await receive(signed(JSON.stringify(event({ data: 1 })))), ["idempotency-key-reused", undefined]);
  const [row, ...others] = await database.find("outbox", {
    where: { bureau: "wuhu", subject: { startsWith: "jinshui.event.wuhu.ext-" } },
  });
  t.is(others.length, 0);
  t.is(row?.["subject"], "jinshui.event.wuhu.ext-tax-core.payment-made");
  t.like(row?.["body"], {
    id: first.event,
    source: "wuhu/ext-tax-core",
    type: "cn.jinshui.payment-made",
    subject: "91340200",
    data: { amount: "120.50" },
    originid: "e-1",
    originsource: "https://tax-core.example/payments",
    origintype: "cn.gov.tax.payment-made",
  });

  const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const wrong: [object, unknown][] = [
    [signed(body, { by: other }), ["signature-invalid", "wrong-signature"]],
    [{ ...signed(body), body: `${body} ` }, ["signature-invalid", "wrong-signature"]],
    [{ ...signed(body), id: "m-9" }, ["signature-invalid", "wrong-signature"]],
    [{ ...signed(body), signature: "" }, ["signature-invalid", "wrong-signature"]],
    [signed(body, { at: clock.now - 400_000 }), ["signature-invalid", "too-old"]],
    [signed(body, { at: clock.now + 400_000 }), ["signature-invalid", "too-old"]],
    [{ ...signed(body), hook: "nowhere" }, ["not-found", undefined]],
    [signed("no json"), ["invalid-request", "no-json"]],
    [signed(JSON.stringify(event({ specversion: "0.3" }))), ["invalid-request", undefined]],
    [signed(JSON.stringify(event({ id: "e-2", type: "cn.gov.tax.refund-made" }))), ["forbidden", undefined]],
  ];
  for (const [input, expected] of wrong) t.deepEqual(await receive(input as OpInput<WebhooksApi, "receive">), expected);
  t.is(await database.count("audit_entry", { action: "inbound-event-refused" }), 7);

  const renewed = await handlers.renewInboundSecret({ hook }, sunjie);
  const next = (id: string): string => JSON.stringify(event({ id }));
  t.like(await receive(signed(next("e-3"))), { duplicate: false }, "the former secret is taken for a day");
  t.like(await receive(signed(next("e-4"), { by: renewed.secret })), { duplicate: false });
  clock.aheadMs += 25 * 3_600_000;
  t.deepEqual(await receive(signed(next("e-5"))), ["signature-invalid", "wrong-signature"]);
  await handlers.removeInbound({ hook, reason: "停用" }, await people.as("qianli"));
  t.deepEqual(await receive(signed(next("e-6"), { by: renewed.secret })), ["not-found", undefined]);
});
