import { auditApi, authApi, federationApi, organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { createHash } from "node:crypto";
import { siteWith } from "./federated-site.js";

const SECRET = "a-secret-of-the-personnel-system-for-this-test";
const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const WUHU = `federation:
  clients:
    - id: personnel
      title: { zh-CN: 人事系统 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      scopes: ["scim:site.people", "storage:asset-tracking.view"]
    - id: directory
      title: { zh-CN: 目录同步 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      scopes: ["scim:site.people"]
      source: city
  sources:
    - { kind: ldap, id: city, title: { zh-CN: 目录 }, url: "ldap://127.0.0.1:1", baseDn: "dc=x" }`;

interface Answer {
  status: number;
  etag: string | null;
  type: string | null;
  body: Record<string, unknown> & {
    id?: string;
    scimType?: string;
    detail?: string;
    totalResults?: number;
    Resources?: Record<string, unknown>[];
    meta?: { version: string; location: string };
  };
}

type Ask = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;

async function siteOf(
  t: ExecutionContext,
): Promise<{ site: TestSite; as: (client: string, scope?: string) => Promise<Ask> }> {
  const site = await siteWith(t, { wuhu: WUHU });
  const administrator = (await site.signIn("sunjie")).client(federationApi);
  const security = (await site.signIn("qianli")).client(organisationApi);
  for (const [client, scopes] of [
    ["personnel", ["scim:site.people", "storage:asset-tracking.view"]],
    ["directory", ["scim:site.people"]],
  ] as const) {
    const { change } = await administrator.proposeClientGrant({ client, scopes: [...scopes], reason: "人员同步" });
    await security.decideChange({ change, approve: true });
  }
  return {
    site,
    async as(client, scope = "scim:site.people") {
      const authorization = `Basic ${Buffer.from(`${client}:${SECRET}`).toString("base64")}`;
      const form = new URLSearchParams({ grant_type: "client_credentials", scope });
      const granted = await fetch(`${site.url}/oidc/token`, { method: "POST", headers: { authorization }, body: form });
      const { access_token: token } = (await granted.json()) as { access_token: string };
      return async (method, path, body, headers = {}) => {
        const response = await fetch(`${site.url}/scim/v2${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json", ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return {
          status: response.status,
          etag: response.headers.get("etag"),
          type: response.headers.get("content-type"),
          body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
        };
      };
    },
  };
}

const user = (fields: object = {}): object => ({
  schemas: [CORE, ENTERPRISE],
  userName: "heping",
  name: { familyName: "何", givenName: "平" },
  externalId: "HR-1",
  [ENTERPRISE]: { department: "征收管理科" },
  ...fields,
});

test("a personnel system makes, finds, changes and ends people, with versions and in the form of the standard", async (t) => {
  const { site, as } = await siteOf(t);
  const ask = await as("personnel");
  const made = await ask("POST", "/Users", user());
  t.is(made.status, 201, made.body.detail);
  t.is(made.type, "application/scim+json; charset=utf-8");
  const id = made.body.id ?? "";
  t.like(made.body, {
    userName: "heping",
    displayName: "何平",
    externalId: "HR-1",
    active: true,
    [ENTERPRISE]: { department: "levy", organization: "wuhu" },
    meta: { resourceType: "User", location: `${site.url}/scim/v2/Users/${id}` },
  });
  t.like(await ask("POST", "/Users", user()), { status: 409, body: { scimType: "uniqueness", status: "409" } });
  t.like(await ask("POST", "/Users", user({ userName: "another" })), { status: 409, body: { scimType: "uniqueness" } });
  t.like(await ask("POST", "/Users", user({ userName: "b", password: "x" })), {
    status: 400,
    body: { scimType: "invalidValue" },
  });
  for (const filter of ['userName eq "HePing"', 'externalId eq "HR-1"', `id eq "${id}" and active eq true`])
    t.like(
      await ask("GET", `/Users?filter=${encodeURIComponent(filter)}`),
      { status: 200, body: { totalResults: 1 } },
      filter,
    );
  t.like(await ask("GET", "/Users?filter=userName+eq+%22nobody%22"), {
    status: 200,
    body: { totalResults: 0, Resources: [] },
  });
  for (const filter of ["userName", 'userName co "h"', 'password eq "x"', "userName eq 5", "(((", "title pr"])
    t.like(
      await ask("GET", `/Users?filter=${encodeURIComponent(filter)}`),
      { status: 400, body: { scimType: "invalidFilter" } },
      filter,
    );

  const version = made.etag ?? "";
  t.is((await ask("GET", `/Users/${id}`, undefined, { "if-none-match": version })).status, 304);
  const operations = (list: object[]): object => ({ schemas: [PATCH], Operations: list });
  const moved = await ask(
    "PATCH",
    `/Users/${id}`,
    operations([
      { op: "Replace", path: `${ENTERPRISE}:department`, value: "office" },
      { op: "replace", value: { displayName: "何萍" } },
    ]),
    { "if-match": version },
  );
  t.like(moved, { status: 200, body: { displayName: "何萍", [ENTERPRISE]: { department: "office" } } });
  t.not(moved.etag, version);
  t.is((await ask("PUT", `/Users/${id}`, user(), { "if-match": version })).status, 412, "somebody was first");
  t.like(await ask("PUT", `/Users/${id}`, user({ userName: "other" })), {
    status: 400,
    body: { scimType: "mutability" },
  });
  t.like(await ask("PUT", `/Users/${id}`, user({ externalId: "HR-2" })), {
    status: 200,
    body: { displayName: "何平", externalId: "HR-2" },
  });
  for (const [operation, scimType] of [
    [{ op: "replace", path: "emails", value: [] }, "invalidPath"],
    [{ op: "remove", path: "displayName" }, "mutability"],
    [{ op: "move", path: "active" }, "invalidSyntax"],
    [{ op: "replace", path: "active", value: "perhaps" }, "invalidValue"],
    [{ op: "replace", path: `${ENTERPRISE}:department`, value: "nowhere" }, "invalidValue"],
    [{ op: "replace", path: "__proto__", value: { active: false } }, "invalidPath"],
  ] as const)
    t.like(await ask("PATCH", `/Users/${id}`, operations([operation])), { status: 400, body: { scimType } });

  t.like(await ask("PATCH", `/Users/${id}`, operations([{ op: "Replace", path: "active", value: "False" }])), {
    body: { active: false },
  });
  t.like(await ask("PATCH", `/Users/${id}`, operations([{ op: "replace", value: { active: true } }])), {
    body: { active: true },
  });
  t.is((await ask("DELETE", `/Users/${id}`)).status, 501);
  const { entries } = await (
    await site.signIn("majing")
  )
    .client(auditApi)
    .list({ actor: "client:personnel", limit: 200 });
  const actions = new Set(entries.map(({ action, result }) => `${action} ${result}`));
  for (const action of [
    "add-person ok",
    "change-person ok",
    "leave ok",
    "enable-person ok",
    "scim.get ok",
    "scim.post failed",
    "scim.delete failed",
    "link-identity ok",
  ])
    t.true(actions.has(action), action);
  t.true(entries.every(({ caller, address }) => caller === "gateway" && address === "127.0.0.1"));
});

test("who is deactivated is out with sessions and positions, and does not come back to positions by SCIM", async (t) => {
  const { site, as } = await siteOf(t);
  const ask = await as("personnel");
  const hanbo = await site.signIn("hanbo");
  const { id } = await hanbo.client(authApi).me({});
  t.like(await ask("GET", `/Users/${id}`), { status: 200, body: { groups: [{ value: "clerk", display: "科员" }] } });
  const active = (value: boolean): Promise<Answer> =>
    ask("PATCH", `/Users/${id}`, { schemas: [PATCH], Operations: [{ op: "replace", path: "active", value }] });
  t.like(await active(false), { status: 200, body: { active: false, groups: [] } });
  await t.throwsAsync(hanbo.client(authApi).me({}), { code: "session-expired" });
  await t.throwsAsync(site.signIn("hanbo"), { code: "sign-in-failed" });
  t.like(await active(true), { status: 200, body: { active: true, groups: [] } });
  t.deepEqual((await (await site.signIn("hanbo")).client(authApi).me({})).positions, []);
});

test("positions are groups to be read; other bureaus, other scopes and what is not served are refused in SCIM's form", async (t) => {
  const { site, as } = await siteOf(t);
  const ask = await as("personnel");
  const groups = await ask("GET", `/Groups?filter=${encodeURIComponent('displayName eq "科员"')}`);
  t.like(groups.body, { totalResults: 1, Resources: [{ id: "clerk", displayName: "科员" }] });
  const member = { schemas: [PATCH], Operations: [{ op: "add", path: "members", value: [{ value: "x" }] }] };
  for (const [method, path] of [
    ["POST", "/Groups"],
    ["PATCH", "/Groups/clerk"],
    ["PUT", "/Groups/clerk"],
    ["DELETE", "/Groups/clerk"],
  ] as const) {
    const refused = await ask(method, path, member);
    t.like(refused, { status: 403, body: { status: "403" } }, method);
    t.regex(refused.body.detail ?? "", /another agrees/);
  }
  const elsewhere = (await (await site.signIn("chenxiao")).client(authApi).me({})).id;
  t.is((await ask("GET", `/Users/${elsewhere}`)).status, 404, "a person of another bureau");
  t.is((await ask("PUT", `/Users/${elsewhere}`, user())).status, 404);
  t.like(await ask("GET", "/Users?count=0"), { body: { itemsPerPage: 0, Resources: [] } });
  const all = await ask("GET", "/Users?count=200");
  const names = (answer: Answer): unknown[] => (answer.body.Resources ?? []).map(({ userName }) => userName);
  const pages = [await ask("GET", "/Users?startIndex=1&count=4"), await ask("GET", "/Users?startIndex=5&count=196")];
  t.deepEqual(pages.flatMap(names), names(all));
  t.is(all.body.totalResults, names(all).length);
  t.deepEqual(Object.keys((await ask("GET", "/Users?count=1&attributes=userName")).body.Resources?.[0] ?? {}).sort(), [
    "id",
    "schemas",
    "userName",
  ]);
  for (const path of [
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/ResourceTypes/User",
    "/Schemas",
    `/Schemas/${ENTERPRISE}`,
  ])
    t.is((await ask("GET", path)).status, 200, path);
  t.is((await ask("POST", "/Bulk", {})).status, 501);
  t.is((await ask("GET", "/Nothing")).status, 404);

  const broken = await fetch(`${site.url}/scim/v2/Users`, { method: "POST", body: "{" });
  t.is(broken.status, 401, "who asks comes before what is asked");
  t.regex(await broken.text(), /urn:ietf:params:scim:api:messages:2\.0:Error/);
  t.is((await (await as("personnel", "storage:asset-tracking.view"))("GET", "/Users")).status, 403);

  const directory = await as("directory");
  const made = await directory("POST", "/Users", user({ userName: "lijuan", externalId: "E-1" }));
  t.is(made.status, 201);
  t.like(
    await directory("PUT", `/Users/${made.body.id ?? ""}`, user({ userName: "lijuan", externalId: "E-2" })),
    { status: 400, body: { scimType: "mutability" } },
    "by that id people sign in",
  );
  await t.throwsAsync(site.signIn("lijuan"), { code: "unavailable" }, "the directory checks the password");
});
