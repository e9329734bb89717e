import { randomUUID } from "node:crypto";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";

interface Answer {
  status: number;
  body: { code?: string; details?: Record<string, unknown> };
}

/** A site, and what speaks to it as a program that is no browser would, signed in as 赵敏. */
async function siteOf(
  t: ExecutionContext,
): Promise<(path: string, body: Buffer, headers?: Record<string, string>) => Promise<Answer>> {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const own = { "x-jinshui": "1", "content-type": "application/json" };
  const signedIn = await fetch(`${site.url}/api/v1/session`, {
    method: "POST",
    headers: own,
    body: JSON.stringify({ username: "zhaomin", password: "jinshui-demo-2005" }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return async (path, body, headers = {}) => {
    const all = { ...own, cookie, "idempotency-key": randomUUID(), ...headers };
    const response = await fetch(site.url + path, { method: "POST", headers: all, body: new Uint8Array(body) });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
}

const RECORDS = "/api/v1/collections/asset-tracking.equipment/records";
const device = (fields: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      values: { code: "WH-2005-09001", name: "台式机", category: "desktop", purchasedOn: "2005-03-01", ...fields },
    }),
  );

test("what is not UTF-8 is refused, not stored as question marks", async (t) => {
  const ask = await siteOf(t);
  // 台式机 in GB 18030
  const foreign = Buffer.from(device().toString("latin1"), "latin1");
  const at = foreign.indexOf(Buffer.from("台式机"));
  const gb = Buffer.concat([
    foreign.subarray(0, at),
    Buffer.from([0xcc, 0xa8, 0xca, 0xbd, 0xbb, 0xfa]),
    foreign.subarray(at + 9),
  ]);
  t.like(await ask(RECORDS, gb), { status: 400, body: { code: "invalid-request", details: { reason: "not-utf-8" } } });
  const named = await ask(RECORDS, gb, { "content-type": "application/json; charset=gb18030" });
  t.like(named, { status: 415, body: { code: "unsupported-media-type" } });
  const packed = await ask(RECORDS, device(), { "content-encoding": "gzip" });
  t.like(packed, { status: 415 });
  t.like(await ask(RECORDS, device(), { "content-type": "application/json; charset=UTF-8" }), { status: 200 });
});

// checklist: 60
test("a body of ten megabytes, broken JSON and what is no object are refused by name", async (t) => {
  const ask = await siteOf(t);
  t.like(await ask(RECORDS, device({ remark: "长".repeat(3_500_000) })), { status: 413, body: { code: "too-large" } });
  t.like(await ask(RECORDS, Buffer.from('{"values":')), { status: 400, body: { code: "invalid-request" } });
  t.like(await ask(RECORDS, Buffer.from("7")), { status: 400, body: { code: "invalid-request" } });
  t.like(await ask(RECORDS, Buffer.from("[]")), { status: 400, body: { code: "invalid-request" } });
  const key = { "idempotency-key": "k".repeat(101) };
  t.like(await ask(RECORDS, device(), key), { status: 400, body: { details: { length: 101 } } });
});

// checklist: 42
test("names of prototypes in a body are unknown fields, and nothing is polluted", async (t) => {
  const ask = await siteOf(t);
  for (const body of [
    '{"values":{"__proto__":{"polluted":1}}}',
    '{"__proto__":{"polluted":1},"values":{}}',
    '{"values":{"constructor":{"prototype":{"polluted":1}}}}',
  ]) {
    const { status } = await ask(RECORDS, Buffer.from(body));
    t.is(status, 400, body);
  }
  t.is(({} as { polluted?: unknown }).polluted, undefined);
  t.like(await ask(RECORDS, device()), { status: 200 });
});
