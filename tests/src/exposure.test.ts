import {
  accountApi,
  type Api,
  auditApi,
  authApi,
  HTTP_ROOT,
  organisationApi,
  securityApi,
  signatureApi,
  storageApi,
  supervisorApi,
  workflowApi,
} from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { cp, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const APIS: Api[] = [
  authApi,
  accountApi,
  auditApi,
  organisationApi,
  securityApi,
  signatureApi,
  storageApi,
  supervisorApi,
  workflowApi,
];
const STRANGER = "203.0.113.9";
/** What tells of the inside: places in code, folders, versions of what answers. */
const INSIDE = /\bat .{1,200}:\d+:\d+|node_modules|\/dist\/|\/src\/|\.ts:\d|\bkoa\b|\/tmp\//i;

/** A site for real work: nobody invented, production rules, a proxy before it; its plugin `mapped` has a source map. */
async function productionSite(t: ExecutionContext): Promise<TestSite> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-production-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const configs = join(folder, "configs");
  await cp("configs", configs, { recursive: true });
  await rm(join(configs, "demo"), { recursive: true });
  const base = (await readFile(join(configs, "base.yaml"), "utf8"))
    .replace(/^signIn:$/m, "production: true\ndisk: { minFreePercent: 0, minFreeMb: 0 }\nsignIn:\n  proxy: 127.0.0.1")
    .replace(/^plugins: .*$/m, `plugins: [plugins, ../../../..${join(folder, "plugins")}]`);
  await writeFile(join(configs, "base.yaml"), base);
  const wuhu = join(configs, "bureaus", "wuhu.yaml");
  await writeFile(wuhu, (await readFile(wuhu, "utf8")).replace(/^plugins:$/m, "plugins:\n  mapped: { enabled: true }"));
  const plugin = join(folder, "plugins", "mapped");
  await cp("plugins/positions/dist", join(plugin, "dist"), { recursive: true });
  await writeFile(
    join(plugin, "package.json"),
    JSON.stringify({
      name: "@jinshui/plugin-mapped",
      version: "0.1.0",
      type: "module",
      jinshui: {
        id: "mapped",
        schema: 1,
        title: { "zh-CN": "样例" },
        requires: { apis: {} },
        grants: { apis: [] },
        contributes: {},
        web: { module: "dist/web/index.js" },
      },
    }),
  );
  await writeFile(join(plugin, "dist/web/index.js.map"), '{"version":3,"sources":["../src/secret.ts"]}');
  const site = await TestSite.start({ configs });
  t.teardown(() => site.stop());
  return site;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

function asStranger(site: TestSite, path: string, { headers, ...asked }: Asked = {}): Promise<Response> {
  return fetch(site.url + path, { ...asked, headers: { "x-forwarded-for": STRANGER, "x-jinshui": "1", ...headers } });
}

/** An answer to a request as it stands. */
function raw(site: TestSite, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(site.port, "127.0.0.1", () => socket.end(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.once("close", () => resolve(answer));
    socket.once("error", () => resolve(answer));
    socket.setTimeout(15_000, () => socket.destroy());
  });
}

/** What scanners look for, and what lies beside the files that are served. */
const GUESSES = [
  ...[
    "metrics",
    "debug",
    "debug/pprof/",
    "docs",
    "docs/",
    "api-docs",
    "swagger",
    "openapi",
    "server-status",
    "actuator/health",
  ],
  ...[
    "varz",
    "connz",
    "json/list",
    "json/version",
    "inspector",
    "trace",
    "admin",
    "app",
    "app/",
    "vendor/",
    "plugins",
    "plugins/",
  ],
  ...[
    "plugins/mapped",
    "plugins/mapped/0.1.0",
    "plugins/mapped/0.1.0/",
    "plugins/mapped/0.1.0/dist/web/",
    "files",
    "files/",
  ],
  ...[
    "scim/v2/Users",
    "oidc/.well-known/openid-configuration",
    "api",
    "api/",
    "api/v1",
    "api/v1/",
    "api/v1/nothing",
    "%2fetc%2fpasswd",
  ],
];
const FILES = [
  ...[
    ".env",
    ".git/config",
    ".git/HEAD",
    ".well-known/x",
    "app/.hidden",
    "package.json",
    "pnpm-lock.yaml",
    "tsconfig.json",
  ],
  ...[
    "configs/base.yaml",
    "kernel.log",
    "site.sqlite",
    "keys/actor-token.pem",
    "swagger.json",
    "openapi.yaml",
    "api/v1/openapi.json",
    "api/v1/asyncapi.json",
    "phpinfo.php",
  ],
  ...["..%2fpackage.json", "%2e%2e/%2e%2e/package.json", "..%5cpackage.json", "app/..%2f..%2f..%2fpackage.json"],
  ...[
    "plugins/mapped/0.1.0/package.json",
    "plugins/mapped/0.1.0/dist/web/index.js.map",
    "plugins/mapped/0.1.0/dist/web/..%2f..%2fpackage.json",
  ],
];

// checklist: 59
test("strangers get the sign-in page and nothing of the inside: no figures, lists, documentation, maps or traces", async (t) => {
  const site = await productionSite(t);
  const page = await (await asStranger(site, "/")).text();
  t.regex(page, /<script type="module"/);
  t.is((await asStranger(site, "/plugins/mapped/0.1.0/dist/web/index.js")).status, 200, "what browsers need is there");
  const told: Record<string, unknown> = {};
  for (const path of [...GUESSES, ...FILES]) {
    const answer = await asStranger(site, `/${path}`);
    const text = await answer.text();
    for (const name of ["x-powered-by", "server", "via"]) t.is(answer.headers.get(name), null, `${path}: ${name}`);
    // the page of an address that the shell may know, or the one error there is
    if (answer.status === 200) {
      t.is(text, page, path);
      t.false(FILES.includes(path), `${path} is no address of a page`);
      continue;
    }
    t.true([401, 404].includes(answer.status), `${path}: ${answer.status}`);
    // an error names what was asked
    t.notRegex(text.replaceAll(`/${path}`, ""), INSIDE, path);
    told[path] = Object.keys(JSON.parse(text) as object).sort();
  }
  t.true(Object.keys(told).length >= FILES.length);

  for (const api of APIS)
    for (const [name, op] of Object.entries(api.ops)) {
      if (!op.http) continue;
      const { method, path } = op.http;
      const answer = await asStranger(site, HTTP_ROOT + path.replace(/:\w+/g, "x"), {
        method,
        headers: { "idempotency-key": "stranger", ...(method === "GET" ? {} : { "content-type": "application/json" }) },
        ...(method === "GET" ? {} : { body: "{}" }),
      });
      t.is(answer.status, 401, `${api.name}.${name} takes a sign-in`);
      t.notRegex(await answer.text(), INSIDE, `${api.name}.${name}`);
    }

  const { demo, ...known } = (await (await asStranger(site, "/api/v1/site")).json()) as Record<string, unknown>;
  t.is(demo, undefined);
  t.deepEqual(Object.keys(known).sort(), ["bureaus", "title", "version"]);
  t.deepEqual(await (await asStranger(site, "/readyz")).json(), { ready: true });
  t.deepEqual(
    await (await fetch(`${site.url}/readyz`)).json(),
    { ready: true, reasons: [] },
    "for who watches it here",
  );

  const host = `Host: 127.0.0.1\r\nX-Forwarded-For: ${STRANGER}\r\nX-Jinshui: 1\r\nConnection: close`;
  for (const [name, request] of Object.entries({
    "a broken escape": `GET /%ff%zz HTTP/1.1\r\n${host}\r\n\r\n`,
    "broken JSON": `POST /api/v1/session HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{,`,
    "a body of another type": `POST /api/v1/session HTTP/1.1\r\n${host}\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>`,
    TRACE: `TRACE / HTTP/1.1\r\n${host}\r\nX-Secret: echoed\r\n\r\n`,
    "an unknown method": `DEBUG / HTTP/1.1\r\n${host}\r\n\r\n`,
    "all options": `OPTIONS * HTTP/1.1\r\n${host}\r\n\r\n`,
    "no HTTP": "\x16\x03\x01\x00\xa5\x01\r\n\r\n",
    "a long header": `GET / HTTP/1.1\r\n${host}\r\nX-Long: ${"x".repeat(40_000)}\r\n\r\n`,
  })) {
    const answer = await raw(site, request);
    t.true(/^HTTP\/1\.1 4\d\d /.test(answer) || answer.endsWith(page), `${name}: ${answer.slice(0, 100)}`);
    t.notRegex(answer, INSIDE, name);
    t.notRegex(answer, /echoed/, name);
  }
});

/** Processes below one, with itself. */
async function family(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : "";
    const [, parent] = /\) \S (\d+)/.exec(stat) ?? [];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

/** Addresses at which processes listen, as `/proc/net/tcp` has them. */
async function listening(pids: readonly number[]): Promise<{ address: string; port: number }[]> {
  const inodes = new Set<string>();
  for (const pid of pids)
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")) ?? [];
      if (inode !== undefined) inodes.add(inode);
    }
  const found: { address: string; port: number }[] = [];
  for (const table of ["tcp", "tcp6"])
    for (const line of (await readFile(`/proc/net/${table}`, "utf8")).split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state === "0A" && inodes.has(inode)) found.push({ address, port: parseInt(port, 16) });
    }
  return found;
}

// checklist: 59
test("a site listens at one port for people and at one on loopback for its bus, and no signal opens a debugger", async (t) => {
  const site = await productionSite(t);
  const open = async (): Promise<{ address: string; port: number }[]> => listening(await family(site.kernelPid));
  const before = await open();
  const nats = await readFile(join(site.data, "nats", "nats.conf"), "utf8");
  const bus = Number(/^listen: "127\.0\.0\.1:(\d+)"$/m.exec(nats)?.[1]);
  t.notRegex(nats, /^(http|https|monitor|leafnodes|websocket|mqtt|cluster|gateway)/m);
  // 127.0.0.1 as the kernel writes it
  t.deepEqual(
    before.map(({ address, port }) => [address, port]).sort(),
    [
      ["0100007F", site.port],
      ["0100007F", bus],
    ].sort(),
  );
  const pids = await family(site.kernelPid);
  t.true(pids.length > 5, "plugins are among them");
  process.kill(site.kernelPid, "SIGUSR1");
  await sleep(1_000);
  t.deepEqual(await open(), before, "the kernel");
  t.notRegex(site.output, /Debugger listening/);
  t.is((await fetch(`${site.url}/readyz`)).status, 200, "and it goes on");
  for (const pid of pids.filter((one) => one !== site.kernelPid)) {
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (!command.includes("--permission")) continue;
    process.kill(pid, "SIGUSR1");
  }
  await sleep(1_000);
  t.deepEqual(await open(), before, "plugins");
});
