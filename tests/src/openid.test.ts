import { auditApi, organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as oidc from "openid-client";
import { siteWith } from "./federated-site.js";
import { RelyingParty } from "./relying-party.js";

const SECRET = "a-secret-of-the-relying-party-for-this-test";
const PASSWORD = "jinshui-demo-2005";

/** A browser without pages: it keeps cookies and follows nothing by itself. */
class Visitor {
  readonly cookies = new Map<string, { value: string; path: string }>();

  constructor(readonly site: TestSite) {}

  async ask(
    address: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const url = new URL(address, this.site.url);
    const cookie = [...this.cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const [, path = "/"] = /path=([^;]+)/i.exec(line) ?? [];
      this.cookies.set(name, { value, path });
    }
    return response;
  }

  async signIn(username: string): Promise<void> {
    await this.post("/api/v1/session", { username, password: PASSWORD });
  }

  post(path: string, body: object): Promise<Response> {
    const headers = { "x-jinshui": "1", "content-type": "application/json" };
    return this.ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Follows redirects until they leave the site or stop; where that is. */
  async follow(address: string): Promise<string> {
    let next = address;
    for (let step = 0; step < 10 && new URL(next, this.site.url).origin === this.site.url; step += 1) {
      const response = await this.ask(next);
      const location = response.headers.get("location");
      if (location === null) return `${response.status} ${next}`;
      next = location;
    }
    return next;
  }
}

async function partyAt(
  t: Parameters<typeof siteWith>[0],
): Promise<{ site: TestSite; party: RelyingParty; issuer: string }> {
  const party = await RelyingParty.listen();
  t.teardown(() => party.close());
  const base = `federation:
  clients:
    - { id: party, title: { zh-CN: 考勤系统 }, secretFile: party.secret, redirectUris: ["${party.url}/callback"], trusted: true }`;
  const site = await siteWith(t, { base, files: { "party.secret": `${SECRET}\n` } });
  const issuer = `${site.url}/oidc`;
  await party.discover(issuer, "party", SECRET);
  return { site, party, issuer };
}

// checklist: 13
test("who is signed in here is signed in there, until the session ends, the token is revoked or the person leaves", async (t) => {
  const { site, party } = await partyAt(t);
  const visitor = new Visitor(site);
  t.regex(await visitor.follow(await party.begin()), /^200 \/authorize\//, "nobody yet: our page asks");
  await visitor.signIn("hanbo");
  const arrival = await visitor.follow(await party.begin());
  await party.finish(new URL(arrival));
  t.is(party.userinfo?.name, "韩波");
  const trail = (await site.signIn("majing")).client(auditApi);
  t.like((await trail.list({ action: "sign-in-elsewhere" })).entries, [
    { actor: { name: "韩波" }, resource: "client/party", address: "127.0.0.1" },
  ]);
  const organisation = (await site.signIn("sunjie")).client(organisationApi);
  const again = new URL(arrival);
  await t.throwsAsync(party.finish(again), undefined, "a code is good once");
  await t.throwsAsync(party.askUserinfo(), undefined, "and what was got with it is over, since somebody has copied it");

  await party.finish(new URL(await visitor.follow(await party.begin())));
  await oidc.tokenRevocation(party.configuration, party.accessToken);
  await t.throwsAsync(party.askUserinfo());

  await party.finish(new URL(await visitor.follow(await party.begin())));
  await visitor.ask("/api/v1/session", { method: "DELETE", headers: { "x-jinshui": "1" } });
  await t.throwsAsync(party.askUserinfo(), undefined, "signed out here");
  t.regex(await visitor.follow(await party.begin()), /^200 \/authorize\//);

  await visitor.signIn("hanbo");
  await party.finish(new URL(await visitor.follow(await party.begin())));
  const pending = await visitor.follow(await party.begin());
  await organisation.leave({ person: party.claims?.sub ?? "", reason: "调离" });
  await t.throwsAsync(party.askUserinfo(), undefined, "left");
  await t.throwsAsync(party.finish(new URL(pending)), undefined, "nor does a code that waits");
  const log = await readFile(join(site.data, "kernel.log"), "utf8");
  for (const secret of [SECRET, party.accessToken, createHash("sha256").update(SECRET).digest("hex")])
    t.false(log.includes(secret));
  t.false(/WARNING|NOTICE/.test(site.output), site.output);
});

test("what asks wrongly gets nothing: other addresses, no PKCE, other flows, other secrets, other hosts, other browsers", async (t) => {
  const { site, party, issuer } = await partyAt(t);
  const visitor = new Visitor(site);
  await visitor.signIn("hanbo");
  const begun = await party.begin();
  const changed = async (change: (query: URLSearchParams) => void): Promise<string> => {
    const url = new URL(begun);
    change(url.searchParams);
    return visitor.follow(url.href);
  };
  for (const uri of [
    `${party.url}/callback/../x`,
    `${party.url}/callback?x=1`,
    `${party.url}/Callback`,
    "https://evil.example/",
  ])
    t.regex(await changed((query) => query.set("redirect_uri", uri)), /^400 /, uri);
  t.regex(await changed((query) => query.set("client_id", "nobody")), /^400 /);
  t.regex(await changed((query) => query.delete("code_challenge")), /callback\?error=invalid_request/);
  t.regex(await changed((query) => query.set("code_challenge_method", "plain")), /callback\?error=invalid_request/);
  t.regex(await changed((query) => query.set("response_type", "id_token token")), /error=unsupported_response_type/);

  await visitor.ask("/api/v1/session", { method: "DELETE", headers: { "x-jinshui": "1" } });
  const silent = new URL(begun);
  silent.searchParams.set("prompt", "none");
  t.regex(await visitor.follow(silent.href), /error=login_required/);
  // an attacker begins, a person of ours follows the link
  const page = await visitor.follow(begun);
  const uid = page.split("/").at(-1) ?? "";
  const victim = new Visitor(site);
  await victim.signIn("hanbo");
  const lured = await victim.post(`/oidc/interaction/${uid}`, { agreed: true });
  t.is(lured.status, 404);
  const foreign = await visitor.ask(`/oidc/interaction/${uid}`, { method: "POST", body: "{}" });
  t.is(foreign.status, 403, "no answer by another site's page");

  const code = async (body: Record<string, string>, secret: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`party:${secret}`).toString("base64")}`;
    const form = new URLSearchParams({ grant_type: "authorization_code", code: "x", ...body });
    const response = await fetch(`${issuer}/token`, { method: "POST", headers: { authorization }, body: form });
    return response.status;
  };
  t.is(await code({}, "wrong"), 401);
  t.is(await code({}, createHash("sha256").update(SECRET).digest("hex")), 401, "the digest is no secret");

  const told = await new Promise<string>((resolve, reject) => {
    const path = "/oidc/.well-known/openid-configuration";
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" };
    request(`${site.url}${path}`, { headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => resolve(text));
    })
      .once("error", reject)
      .end();
  });
  t.false(told.includes("evil"));
  const known = JSON.parse(told) as Record<string, unknown>;
  t.like(known, { issuer, response_types_supported: ["code"], code_challenge_methods_supported: ["S256"] });
  const jwks = await (await fetch(String(known["jwks_uri"]))).text();
  t.regex(jwks, /"alg":"RS256"/);
  t.notRegex(jwks, /"(d|p|q|dp|dq|qi)":/);
});

test("a site without clients offers nothing to other systems", async (t) => {
  const site = await siteWith(t, {});
  const answers = await Promise.all(
    ["/oidc/.well-known/openid-configuration", "/oidc/auth?client_id=x", "/api/v1/federation/clients"].map((path) =>
      fetch(site.url + path),
    ),
  );
  t.deepEqual(
    answers.map(({ status }) => status),
    [404, 404, 404],
  );
  const bearer = await fetch(`${site.url}/api/v1/people`, { headers: { authorization: "Bearer x" } });
  t.is(bearer.status, 401);
});
