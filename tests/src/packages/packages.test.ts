import {
  type ErrorBody,
  fromErrorBody,
  HTTP_ROOT,
  isJinshuiError,
  type PackageReport,
  supervisorApi,
} from "@jinshui/contracts";
import type { TestPerson, TestSite } from "@jinshui/testing";
import test from "ava";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { headersOf } from "../site-files.js";
import { jinshui, startMaker } from "./makers.js";

const BUREAU = "wuhu-county";
const at = (site: TestSite): Record<string, string> => ({
  JINSHUI_SITE: site.url,
  JINSHUI_USER: "sunjie",
  JINSHUI_PASSWORD: "jinshui-demo-2005",
});
const errorOf = async (
  work: Promise<unknown>,
): Promise<{ code: string; details?: Record<string, unknown> | undefined }> =>
  work.then(
    () => ({ code: "none" }),
    (error: unknown) => (isJinshuiError(error) ? error : { code: String(error) }),
  );

async function sent(site: TestSite, file: string | Buffer, person = "sunjie"): Promise<PackageReport> {
  const answer = await fetch(`${site.url}${HTTP_ROOT}/plugin-packages`, {
    method: "POST",
    headers: {
      ...(person === "" ? { "x-jinshui": "1" } : await headersOf(site, person)),
      "content-type": "application/gzip",
    },
    body: new Uint8Array(typeof file === "string" ? await readFile(file) : file),
  });
  if (!answer.ok) throw fromErrorBody((await answer.json()) as ErrorBody);
  return (await answer.json()) as PackageReport;
}

async function asked(person: TestPerson, text: string): Promise<unknown> {
  const answer = await person.send("POST", `${HTTP_ROOT}/plugins/car-pool/ops/ask`, { text });
  return ((await answer.json()) as { text?: string; code?: string }).text ?? `${answer.status}`;
}

// checklist: 57
test.serial(
  "a package is made, signed, looked at, installed, enabled, upgraded, rolled back and removed while the site runs",
  async (t) => {
    const { site, release } = await startMaker(t);
    const [first, second] = [
      await release("1.0.0"),
      await release("1.1.0", {
        grants: { apis: ["storage", "auth"] },
        requires: { apis: { storage: "^1.0", auth: "^1.0" } },
      }),
    ];
    const inspected = await jinshui(["plugin", "inspect", first], at(site));
    t.is(inspected.code, 0, inspected.output);
    t.regex(inspected.output, /signed by 市局信息中心/);
    t.regex(inspected.output, /permission {2}car-pool\.use/);
    const unasked = await jinshui(["plugin", "install", first], at(site));
    t.is(unasked.code, 2, "without a terminal nobody agrees");
    const administrator = (await site.signIn("sunjie")).client(supervisorApi);
    const find = async () => (await administrator.plugins({})).plugins.find(({ id }) => id === "car-pool");
    t.is(await find(), undefined);
    const installed = await jinshui(["plugin", "install", first, "--yes"], at(site));
    t.is(installed.code, 0, installed.output);
    t.like(await find(), { state: "disabled", version: "1.0.0" });
    t.is((await jinshui(["plugin", "enable", "car-pool", "--bureau", BUREAU], at(site))).code, 0);
    const clerk = await site.signIn("chenxiao");
    t.is(await asked(clerk, "一"), "1.0.0 一");
    const status = await find();
    t.is(
      status?.protection?.ownUser,
      process.getuid?.() === 0,
      "a user of its own reaches its folder, where there can be one",
    );

    const report = await sent(site, second);
    t.deepEqual(
      report.grew.map(({ kind, what }) => `${kind} ${what}`),
      ["api auth"],
    );
    t.is(report.running, "1.0.0");
    t.is((await jinshui(["plugin", "install", second, "--yes"], at(site))).code, 0);
    t.is(await asked(clerk, "二"), "1.0.0 二", "what is installed is not in use by that");
    t.is((await jinshui(["plugin", "version", "car-pool", "1.1.0", "--bureau", BUREAU], at(site))).code, 0);
    t.is(await asked(clerk, "三"), "1.1.0 三");
    const used = await jinshui(["plugin", "remove", "car-pool", "1.0.0"], at(site));
    t.regex(used.output, /still-used/, "it is the one to go back to");
    t.is((await jinshui(["plugin", "version", "car-pool", "1.0.0", "--bureau", BUREAU], at(site))).code, 0);
    t.is(await asked(clerk, "四"), "1.0.0 四");

    await site.shutDown();
    await site.restart();
    t.is(await asked(await site.signIn("chenxiao"), "五"), "1.0.0 五", "also after a restart");
    t.is((await jinshui(["plugin", "disable", "car-pool", "--bureau", BUREAU], at(site))).code, 0);
    for (const version of ["1.1.0", "1.0.0"])
      t.is((await jinshui(["plugin", "remove", "car-pool", version], at(site))).code, 0);
    t.deepEqual(await readdir(join(site.data, "plugins", "car-pool")), []);
    t.is((await jinshui(["plugin", "install", second, "--yes"], at(site))).code, 0, "the same package comes back");
    const changed = await jinshui(
      ["plugin", "install", await release("1.1.0", { description: { "zh-CN": "别的" } }), "--yes"],
      at(site),
    );
    t.regex(changed.output, /version-taken/);
    const lower = await jinshui(["plugin", "install", await release("0.9.0"), "--yes"], at(site));
    t.regex(lower.output, /downgrade/);
    t.is((await jinshui(["plugin", "install", await release("0.9.0"), "--yes", "--downgrade"], at(site))).code, 0);
  },
);

// checklist: 57
test.serial("who may not, what is not signed, changed or not agreed to is refused, and leaves a trace", async (t) => {
  const { site, release } = await startMaker(t);
  const good = await release("1.0.0");
  t.is((await errorOf(sent(site, good, ""))).code, "sign-in-required");
  for (const person of ["chenxiao", "qianli"])
    t.is((await errorOf(sent(site, good, person))).code, "forbidden", person);
  t.is((await errorOf(sent(site, good, "fc036"))).code, "forbidden", "a county's");
  t.is((await errorOf(sent(site, Buffer.from("no archive")))).code, "invalid-package");

  const person = await site.signIn("sunjie");
  const administrator = person.client(supervisorApi);
  const unsigned = await sent(site, await release("1.0.0", {}, { signs: false }));
  t.deepEqual(
    unsigned.problems.map(({ code }) => code),
    ["unsigned"],
  );
  const refused = await errorOf(administrator.installPackage({ package: unsigned.package, consent: unsigned.consent }));
  t.is(refused.code, "package-refused");
  const report = await sent(site, good);
  t.is(
    (await errorOf(administrator.installPackage({ package: report.package, consent: unsigned.consent }))).code,
    "consent-missing",
  );
  t.is(
    (await errorOf(administrator.installPackage({ package: "nothing", consent: report.consent }))).code,
    "not-found",
  );
  t.is(
    (await errorOf(administrator.inspectPackage({ package: unsigned.package }))).code,
    "none",
    "what was refused can be read again",
  );
  for (let byte = 100; byte < 900; byte += 200) {
    const changed = Buffer.from(await readFile(good));
    changed[byte] = (changed[byte] ?? 0) ^ 1;
    const outcome = await sent(site, changed).then(
      ({ problems }) => problems.length > 0,
      (error: unknown) => (error as { code: string }).code === "invalid-package",
    );
    t.true(outcome, `byte ${byte}`);
  }
  t.false((await administrator.plugins({})).plugins.some(({ id }) => id === "car-pool"));
  const auditor = await site.signIn("majing");
  const page = await (await auditor.send("GET", `${HTTP_ROOT}/audit?action=refuse-package`)).text();
  t.regex(page, /"result":"denied"/);
  t.regex(page, /plugin\/car-pool/);
});

// checklist: 57
test.serial("an installed file that is changed keeps the plugin from starting, and the page says so", async (t) => {
  const { site, release } = await startMaker(t);
  t.is((await jinshui(["plugin", "install", await release("1.0.0"), "--yes"], at(site))).code, 0);
  t.is((await jinshui(["plugin", "enable", "car-pool", "--bureau", BUREAU], at(site))).code, 0);
  const file = join(site.data, "plugins", "car-pool", "1.0.0", "dist", "main.js");
  t.is((await stat(file)).mode & 0o777, 0o444);
  await chmod(file, 0o644);
  await writeFile(file, `${await readFile(file, "utf8")}\n// changed`);
  await site.shutDown();
  await site.restart();
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  const found = (await administrator.plugins({})).plugins.find(({ id }) => id === "car-pool");
  t.like(found, { state: "invalid" });
  t.regex(found?.problem ?? "", /dist\/main\.js is not what was installed/);
  t.is(await asked(await site.signIn("chenxiao"), "一"), "404");
});

test.serial("beside the packages nothing in the data folder is open to plugins", async (t) => {
  const { site } = await startMaker(t);
  const open: string[] = [];
  for (const entry of await readdir(site.data)) {
    const { mode } = await stat(join(site.data, entry));
    if ((mode & 0o077) !== 0) open.push(entry);
  }
  t.deepEqual(open, ["plugins"]);
  t.is((await stat(site.data)).mode & 0o777, 0o711);
  t.is((await stat(join(site.data, "plugins", ".staging"))).mode & 0o777, 0o700);
});

test.serial("a package comes from the site's catalogue, and from nowhere else", async (t) => {
  let file = "";
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === "/packages/gone.tgz") return response.writeHead(404).end();
      if (request.url === "/packages/out.tgz") return response.writeHead(302, { location: "/elsewhere/a.tgz" }).end();
      if (request.url === "/packages/latest.tgz") return response.writeHead(302, { location: "car-pool.tgz" }).end();
      if (request.url === "/packages/loop.tgz") return response.writeHead(302, { location: "loop.tgz" }).end();
      if (request.url === "/packages/cut.tgz") {
        response.writeHead(200, { "content-length": "100000" }).write("x");
        await sleep(50);
        return response.destroy();
      }
      return response.end(await readFile(file));
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const { site, release } = await startMaker(t, { catalogue: `${origin}/packages/` });
  file = await release("1.0.0");
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  t.deepEqual((await administrator.plugins({})).packages, { catalogue: `${origin}/packages/` });
  const fetched = (path: string) =>
    errorOf(administrator.fetchPackage({ url: path.startsWith("/") ? origin + path : path }));
  for (const path of [
    "/elsewhere/a.tgz",
    "/packages/../elsewhere/a.tgz",
    "/packages/%2e%2e/a.tgz",
    "/packages/..%2fa.tgz",
    "http://localhost:1/packages/a.tgz",
    "file:///etc/passwd",
    "no address",
    "/packages/out.tgz",
  ])
    t.is((await fetched(path)).code, "invalid-request", path);
  for (const path of ["/packages/gone.tgz", "/packages/loop.tgz", "/packages/cut.tgz"])
    t.is((await fetched(path)).code, "unavailable", path);
  for (const name of ["car-pool.tgz", "latest.tgz"]) {
    const { plugin, version, problems } = await administrator.fetchPackage({ url: `${origin}/packages/${name}` });
    t.deepEqual({ plugin, version, problems }, { plugin: "car-pool", version: "1.0.0", problems: [] });
  }
  t.is((await jinshui(["plugin", "install", `${origin}/packages/car-pool.tgz`, "--yes"], at(site))).code, 0);
});
