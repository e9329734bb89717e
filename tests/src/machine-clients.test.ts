import { auditApi, federationApi, organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { exportSPKI, importJWK, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { siteWith } from "./federated-site.js";

const run = promisify(execFile);

const SECRET = "a-secret-of-the-integrator-for-this-test";
const RECORDS = "/api/v1/collections/asset-tracking.equipment/records";
const VIEW = "storage:asset-tracking.view";
const MANAGE = "storage:asset-tracking.manage";
const WUHU = `federation:
  clients:
    - id: reports
      title: { zh-CN: 报表系统 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      scopes: [${VIEW}, ${MANAGE}, organisation:site.people, nobody:site.files]`;

/** A token from the token endpoint. */
async function tokenOf(site: TestSite, scope: string, secret = SECRET, client = "reports"): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}`;
  const body = new URLSearchParams({ grant_type: "client_credentials", scope });
  const response = await fetch(`${site.url}/oidc/token`, { method: "POST", headers: { authorization }, body });
  const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
  return token ?? error ?? "";
}

async function call(site: TestSite, token: string, method = "GET", path = RECORDS, body?: object) {
  const response = await fetch(site.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { code = "" } = (await response.json()) as { code?: string };
  return `${response.status} ${code}`.trim();
}

/** Has scopes granted, by two persons. */
async function grant(site: TestSite, scopes: string[], client = "reports"): Promise<void> {
  const administrator = (await site.signIn("sunjie")).client(federationApi);
  const { change } = await administrator.proposeClientGrant({ client, scopes, reason: "报表需要" });
  await (await site.signIn("qianli")).client(organisationApi).decideChange({ change, approve: true });
}

async function siteOf(t: ExecutionContext): Promise<TestSite> {
  return siteWith(t, { wuhu: WUHU });
}

test("a machine may do what its token names, it is registered for and two administrators have granted, in its bureau", async (t) => {
  const site = await siteOf(t);
  const device = { values: { code: "WH-2005-09001", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" } };
  t.is(await tokenOf(site, VIEW, "wrong"), "invalid_client");
  const trail = (await site.signIn("majing")).client(auditApi);
  t.like((await trail.list({ action: "client-refused" })).entries[0], {
    resource: "client/reports",
    result: "denied",
    address: "127.0.0.1",
  });
  t.is(await call(site, await tokenOf(site, VIEW)), "403 forbidden", "nothing is granted yet");
  t.like((await trail.list({ action: "client-lacks-scope" })).entries[0], {
    actor: { id: "client:reports", name: "报表系统" },
    caller: "gateway",
    address: "127.0.0.1",
    resource: "client/reports",
    result: "denied",
    after: { lacking: "storage:…" },
  });
  const early = await tokenOf(site, `${VIEW} ${MANAGE}`);
  await grant(site, [VIEW]);
  t.is(await call(site, early), "403 forbidden", "a token names what was granted when it was made");
  const viewing = await tokenOf(site, `${VIEW} ${MANAGE}`);
  t.is(await call(site, viewing), "200");
  t.is(await call(site, viewing, "POST", RECORDS, device), "403 forbidden");
  await grant(site, [MANAGE]);
  const managing = await tokenOf(site, `${VIEW} ${MANAGE}`);
  t.is(await call(site, managing, "POST", RECORDS, device), "200", "without the header of our pages");
  for (const [method, path] of [
    ["GET", "/api/v1/people"],
    ["GET", "/api/v1/sessions"],
    ["GET", "/api/v1/audit"],
    ["GET", "/api/v1/federation/clients"],
    ["POST", "/api/v1/plugins/asset-tracking/ops/anything"],
  ] as const)
    t.is(await call(site, managing, method, path, method === "POST" ? {} : undefined), "403 forbidden", path);
  t.is(await call(site, managing, "GET", "/api/v1/events"), "401 sign-in-required");
  t.is(await call(site, managing, "GET", "/api/v1/openapi.json"), "200", "for those who program machines");
  t.is(await call(site, `${managing}x`, "GET", "/api/v1/openapi.json"), "401 session-expired");

  const administrator = (await site.signIn("sunjie")).client(federationApi);
  const propose = (scopes: string[]) => administrator.proposeClientGrant({ client: "reports", scopes, reason: "试试" });
  await t.throwsAsync(propose(["organisation:site.people"]), { code: "conflict" }, "administrators stay apart");
  await t.throwsAsync(propose(["nobody:site.files"]), { code: "invalid-request" });
  await t.throwsAsync(propose(["storage:site.files"]), { code: "invalid-request" }, "not registered for it");
  const clerk = (await site.signIn("hanbo")).client(federationApi);
  await t.throwsAsync(clerk.clients({}), { code: "forbidden" });
  t.like(await administrator.clients({}), { clients: [{ id: "reports", granted: [VIEW, MANAGE] }] });

  const { entries } = await trail.list({ actor: "client:reports" });
  const created = entries.find(({ result }) => result === "ok");
  t.like(created, { actor: { id: "client:reports", name: "报表系统" }, caller: "gateway", address: "127.0.0.1" });
  t.true(entries.some(({ result, reason }) => result === "denied" && reason === "forbidden"));

  await administrator.withdrawClientGrant({ client: "reports", scopes: [VIEW, MANAGE], reason: "停用" });
  t.is(await call(site, managing), "403 forbidden", "at once, whatever the token says");
});

// checklist: 47
test("what is no token of ours, or not for here and now, is 401", async (t) => {
  const site = await siteOf(t);
  await grant(site, [VIEW]);
  const good = await tokenOf(site, VIEW);
  t.is(await call(site, good), "200");
  const kept = JSON.parse(await readFile(join(site.data, "keys", "federation-signing.json"), "utf8")) as { jwk: JWK }[];
  const jwk = kept.find(({ jwk: { alg } }) => alg === "EdDSA")?.jwk ?? {};
  const rsa = kept.find(({ jwk: { alg } }) => alg === "RS256")?.jwk ?? {};
  const [, part = ""] = good.split(".");
  const claims = JSON.parse(Buffer.from(part, "base64url").toString()) as JWTPayload;
  const now = Math.floor(Date.now() / 1_000);
  const header = { alg: "EdDSA", typ: "at+jwt", kid: jwk.kid ?? "" };
  const key = await importJWK(jwk, "EdDSA");
  const sign = (
    change: Record<string, unknown>,
    head: object = {},
    by: Parameters<SignJWT["sign"]>[0] = key,
  ): Promise<string> => new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...header, ...head }).sign(by);
  t.is(await call(site, await sign({})), "200", "what follows fails for its difference only");

  const publicPart: JWK = { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "" };
  const publicPem = await exportSPKI((await importJWK(publicPart, "EdDSA", { extractable: true })) as CryptoKey);
  const own = generateKeyPairSync("ed25519");
  const ownJwk = own.publicKey.export({ format: "jwk" }) as JWK;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const unsigned = new UnsecuredJWT(claims).encode();
  const tokens: Record<string, string> = {
    "alg none": unsigned,
    "alg none with our header": `${Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url")}.${part}.`,
    "HS256 with the public key as PEM": await sign({}, { alg: "HS256" }, bytes(publicPem)),
    "HS256 with the public key as JWK": await sign({}, { alg: "HS256" }, bytes(jwk.x ?? "")),
    "RS256 by our key for ID tokens": await sign({}, { alg: "RS256", kid: rsa.kid }, await importJWK(rsa, "RS256")),
    "other audience": await sign({ aud: `${site.url}/oidc` }),
    "our audience among others": await sign({ aud: [String(claims.aud), "https://other.example"] }),
    "other issuer": await sign({ iss: "https://evil.example/oidc" }),
    "other type": await sign({}, { typ: "JWT" }),
    "actor token's type": await sign({}, { typ: "jinshui-actor" }),
    "no type": await sign({}, { typ: undefined }),
    expired: await sign({ iat: now - 400, exp: now - 100 }),
    "without an end": await sign({ exp: undefined }),
    "for a year": await sign({ iat: now - 3_600, exp: now + 31_536_000 }),
    "not yet": await sign({ nbf: now + 60 }),
    "other kid": await sign({}, { kid: "other" }),
    "no kid": await sign({}, { kid: undefined }),
    "signed by another, key in the header": await sign({}, { jwk: ownJwk, kid: undefined }, own.privateKey),
    "signed by another under our kid": await sign({}, {}, own.privateKey),
    "jwk in the header": await sign({}, { jwk: publicPart }),
    "jku in the header": await sign({}, { jku: "https://evil.example/jwks" }),
    "x5u in the header": await sign({}, { x5u: "https://evil.example/cert" }),
    "x5c in the header": await sign({}, { x5c: ["MIIB"] }),
    "for another client than it says": await sign({ sub: "somebody" }),
    "a client that is not there": await sign({ sub: "gone", client_id: "gone" }),
    "a sign-in client's": await sign({ sub: "party", client_id: "party" }),
    "cut short": good.slice(0, -4),
    changed: `${good.slice(0, 40)}${good[40] === "A" ? "B" : "A"}${good.slice(41)}`,
    "no token": "x.y.z",
  };
  for (const [what, token] of Object.entries(tokens)) t.regex(await call(site, token), /^401 /, what);
  const bad = await fetch(site.url + RECORDS, { headers: { authorization: "Bearer x" } });
  t.regex(bad.headers.get("www-authenticate") ?? "", /^Bearer/);
  const basic = await fetch(site.url + RECORDS, { method: "POST", headers: { authorization: "Basic eDp5" } });
  t.is(basic.status, 403, "what a browser may add by itself is no token: it takes the header of our pages");
});

test("a client that the command has registered on the stopped site is granted its scopes like any other", async (t) => {
  const site = await siteOf(t);
  await site.shutDown();
  const command = [...["admin", "client", "add", "bi", "--title", "经营分析", "--bureau", "wuhu"], "--scope", VIEW];
  const { stdout } = await run(process.execPath, ["kernel/host/dist/operate.js", ...command, "--data", site.data]);
  const [, secret = ""] = /([\w-]{43})\n$/.exec(stdout) ?? [];
  await site.restart();
  const token = (): Promise<string> => tokenOf(site, VIEW, secret, "bi");
  t.is(await call(site, await token()), "403 forbidden");
  const administrator = (await site.signIn("sunjie")).client(federationApi);
  t.like((await administrator.clients({})).clients[1], {
    id: "bi",
    titles: { [VIEW]: { "zh-CN": "台账数据：查看设备台账" } },
    granted: [],
  });
  await grant(site, [VIEW], "bi");
  t.is(await call(site, await token()), "200");
  const security = (await site.signIn("qianli")).client(organisationApi);
  t.like((await security.changes({ state: "approved" })).changes[0], {
    summary: { "zh-CN": "系统接口“经营分析”获得授权：台账数据：查看设备台账" },
  });
});
