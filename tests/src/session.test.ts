import { accountApi, organisationApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PASSWORD = "jinshui-demo-2005";

async function siteAt(t: ExecutionContext, origin?: string): Promise<TestSite> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-configs-"));
  await cp("configs", folder, { recursive: true });
  const base = join(folder, "base.yaml");
  const text = await readFile(base, "utf8");
  if (origin !== undefined)
    await writeFile(base, text.replace(/^signIn:$/m, `signIn:\n  origin: ${origin}\n  proxy: 127.0.0.1`));
  const site = await TestSite.start({ configs: folder });
  t.teardown(async () => {
    await site.stop();
    await rm(folder, { recursive: true });
  });
  return site;
}

/** Signs in under a host name; the cookie lines of the answer. */
function signIn(site: TestSite, host: string, username: string, cookie = "", forwarded = ""): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const headers = {
      host,
      cookie,
      "x-jinshui": "1",
      "content-type": "application/json",
      "x-forwarded-for": forwarded,
    };
    const outgoing = request(`${site.url}/api/v1/session`, { method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.headers["set-cookie"] ?? []);
    });
    outgoing.once("error", reject);
    outgoing.end(JSON.stringify({ username, password: PASSWORD }));
  });
}

// checklist: 16
test("behind a proxy that ends TLS the cookie is bound to the host and secure; without one it says what it is", async (t) => {
  const secure = /^__Host-jinshui=[\w-]{43}; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/;
  const behind = await siteAt(t, "https://oa.example");
  t.regex((await signIn(behind, "oa.example", "chenxiao"))[0] ?? "", secure);
  await signIn(behind, "oa.example", "chenxiao", "", "203.0.113.9, 198.51.100.7");
  const plain = await siteAt(t);
  await signIn(plain, "127.0.0.1", "chenxiao", "", "198.51.100.7");
  const addresses = async (site: TestSite): Promise<(string | undefined)[]> => {
    const { sessions } = await (await site.signIn("chenxiao")).client(accountApi).sessions({});
    return sessions.map(({ address }) => address).sort();
  };
  t.deepEqual(await addresses(behind), ["127.0.0.1", "127.0.0.1", "198.51.100.7"]);
  t.deepEqual(await addresses(plain), ["127.0.0.1", "127.0.0.1"], "nobody else is believed");
  t.regex((await signIn(plain, "127.0.0.1", "chenxiao"))[0] ?? "", secure);
  t.regex(
    (await signIn(plain, "oa.example", "chenxiao"))[0] ?? "",
    /^jinshui=[\w-]{43}; path=\/; expires=[^;]+; samesite=lax; httponly$/,
  );
});

// checklist: 11, 13
test("a session that was planted, signed out of or disabled is of no use, and its open connections end within seconds", async (t) => {
  const site = await siteAt(t);
  const nameAt = async (cookie: string): Promise<string> => {
    const answer = await fetch(`${site.url}/api/v1/me`, { headers: { cookie } });
    const { name, code } = (await answer.json()) as { name?: string; code?: string };
    return name ?? code ?? "";
  };
  const cookieOf = (lines: string[]): string => (lines[0] ?? "").split(";")[0] ?? "";
  const planted = cookieOf(await signIn(site, "127.0.0.1", "zhaomin"));
  const own = cookieOf(await signIn(site, "127.0.0.1", "chenxiao", planted));
  t.not(own, planted);
  t.deepEqual([await nameAt(planted), await nameAt(own)], ["session-expired", "陈晓"]);
  t.is(await nameAt("__Host-jinshui=made-up"), "session-expired");
  await fetch(`${site.url}/api/v1/session`, { method: "DELETE", headers: { cookie: own, "x-jinshui": "1" } });
  t.is(await nameAt(own), "session-expired", "after signing out");

  const leaver = cookieOf(await signIn(site, "127.0.0.1", "hanbo"));
  const stream = await fetch(`${site.url}/api/v1/events`, { headers: { cookie: leaver } });
  const me = (await (await fetch(`${site.url}/api/v1/me`, { headers: { cookie: leaver } })).json()) as { id: string };
  const administrator = (await site.signIn("sunjie")).client(organisationApi);
  t.deepEqual(await administrator.leave({ person: me.id, reason: "调离" }), { openTasks: 0 });
  const left = performance.now();
  t.is(await nameAt(leaver), "session-expired");
  await stream.text().catch(() => "cut");
  t.true(performance.now() - left < 5_000, `${performance.now() - left} ms`);
});
