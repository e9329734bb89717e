import { kernelGrant, openBusAuthority } from "@jinshui/auth";
import { connectBus, silent } from "@jinshui/bus";
import { accountApi, auditApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { decodeProtectedHeader } from "jose";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Secret, TOTP } from "otpauth";
import { siteWith } from "./federated-site.js";
import { root } from "./site-files.js";

const PASSWORD = "jinshui-demo-2005";
const SECRET = "a-secret-of-a-machine-for-the-drill-of-keys";
const SCOPE = "storage:asset-tracking.view";
const MACHINE = `federation:
  clients:
    - id: reports
      title: { zh-CN: 报表系统 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      scopes: [${SCOPE}]`;

function jinshui(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) =>
    execFile(process.execPath, [join(root, "kernel/host/launch/jinshui.mjs"), ...args], (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    ),
  );
}

async function machineToken(site: TestSite): Promise<string> {
  const authorization = `Basic ${Buffer.from(`reports:${SECRET}`).toString("base64")}`;
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE });
  const response = await fetch(`${site.url}/oidc/token`, { method: "POST", headers: { authorization }, body });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** What the API says to a machine's token: 401 when it is none, 403 when nobody has granted anything to it. */
async function saidTo(site: TestSite, token: string): Promise<number> {
  const path = "/api/v1/collections/asset-tracking.equipment/records";
  return (await fetch(site.url + path, { headers: { authorization: `Bearer ${token}` } })).status;
}

/** Whether the site's bus lets in who has a credential minted from keys in a folder. */
async function isLetIn(site: TestSite, keys: string): Promise<boolean> {
  const config = await readFile(join(site.data, "nats", "nats.conf"), "utf8");
  const [, servers = ""] = /^listen: "([^"]+)"/m.exec(config) ?? [];
  const credential = await (await openBusAuthority(keys)).mint(kernelGrant("storage"));
  return connectBus({ servers, caller: "storage", credentials: () => credential, log: silent }).then(
    async (bus) => {
      await bus.drain();
      return true;
    },
    () => false,
  );
}

async function keyFiles(site: TestSite): Promise<Map<string, string>> {
  const folder = join(site.data, "keys");
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), "base64")]),
    ),
  );
}

// checklist: 49, 50
test("every key of a site is listed and renewed: what was made before still holds, and what is made now is of the new keys", async (t) => {
  t.timeout(180_000);
  const site = await siteWith(t, { wuhu: MACHINE });
  const configs = site.options.configs ?? "";
  const keys = (...args: string[]): Promise<{ code: number; output: string }> =>
    jinshui("keys", ...args, "--data", site.data, "--configs", configs);
  const person = await site.signIn("hanbo");
  const { secret } = await person.client(accountApi).beginTotp({});
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  await person.client(accountApi).confirmTotp({ code: app.generate() });
  const token = await machineToken(site);
  t.is(await saidTo(site, token), 403);
  const listed = await keys("list");
  t.is(listed.code, 0, listed.output);
  const names = [...listed.output.matchAll(/^(\S+) +[\d—]/gm)].map(([, name = ""]) => name);
  t.is(names.length, 11, listed.output);

  const before = await keyFiles(site);
  const page = await readFile(join(root, "docs/reference/keys.md"), "utf8");
  for (const name of [...names, ...before.keys()])
    t.true(
      [`\`${name}\``, `/${name}\``].some((text) => page.includes(text)),
      name,
    );
  const running = await keys("renew", "signing");
  t.is(running.code, 1);
  t.regex(running.output, /Another kernel/);
  await site.shutDown();
  const former = await mkdtemp(join(tmpdir(), "jinshui-former-keys-"));
  t.teardown(() => rm(former, { recursive: true }));
  await cp(join(site.data, "keys"), former, { recursive: true });
  t.is((await keys("renew", "nothing")).code, 2);
  await appendFile(join(configs, "base.yaml"), "\ncrypto: { cipher: sm4-gcm }\n");
  const renewed = await keys("renew", ...names);
  t.is(renewed.code, 0, renewed.output);
  await site.restart();

  const after = await keyFiles(site);
  const isPublic = (name: string): boolean => /^signing-authority-[0-9a-f]{16}\.crt$/.test(name);
  t.deepEqual(
    [...after.keys()].filter((name) => !isPublic(name)),
    [...before.keys()],
  );
  const same = [...before].filter(([name, content]) => after.get(name) === content).map(([name]) => name);
  t.deepEqual(same, ["instance"], "which is no key");

  t.is((await person.send("GET", "/api/v1/me")).status, 200, "sessions go on");
  const again = await fetch(`${site.url}/api/v1/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: JSON.stringify({
      username: "hanbo",
      password: PASSWORD,
      code: app.generate({ timestamp: Date.now() + 30_000 }),
    }),
  });
  t.is(again.status, 200, "and so do authenticator apps");
  t.is(await saidTo(site, token), 403, "a token of the former key is one of ours still");
  const newer = await machineToken(site);
  t.is(await saidTo(site, newer), 403);
  t.not(decodeProtectedHeader(newer).kid, decodeProtectedHeader(token).kid);
  t.true(await isLetIn(site, join(site.data, "keys")));
  t.false(await isLetIn(site, former), "who has the former keys is not let in");
  const auditor = (await site.signIn("majing")).client(auditApi);
  const { entries } = await auditor.list({ action: "renew-key" });
  t.deepEqual(entries.map(({ resource }) => resource.replace("site/keys/", "")).sort(), [...names].sort());
  await site.shutDown();

  const database = new DatabaseSync(join(site.data, "site.sqlite"), { readOnly: true });
  const sealed = database.prepare("SELECT secret AS it FROM totp UNION ALL SELECT private_key FROM signing_key").all();
  database.close();
  t.true(sealed.length > 1);
  for (const { it } of sealed) t.regex(String(it), /^sm4-gcm\./);
  const verify = (...args: string[]) => jinshui("audit", "verify", "--data", site.data, ...args);
  const present = await verify();
  t.is(present.code, 0, present.output);
  const anchors = join(site.data, "audit-anchors");
  const folders = (await readdir(anchors, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  t.is(folders.length, 1);
  const old = join(anchors, folders[0]?.name ?? "");
  const proven = await verify("--anchors", old, "--key", join(old, "audit-anchor.pub.pem"));
  t.is(proven.code, 0, proven.output);
  t.is((await verify("--anchors", old)).code, 1, "not by the new key");
});
