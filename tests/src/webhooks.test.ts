import { organisationApi, storageApi, supervisorApi, webhooksApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { createHmac, randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./site-files.js";

const title = (text: string): { "zh-CN": string } => ({ "zh-CN": text });
const EVENT = "ext-tax-core.payment-made";

/** A plugin that writes down what another system tells of. */
const MANIFEST = {
  name: "@jinshui/plugin-payments",
  version: "1.0.0",
  type: "module",
  jinshui: {
    id: "payments",
    schema: 1,
    title: title("缴款"),
    requires: { apis: { storage: "^1.0" } },
    server: { main: "main.js" },
    grants: { apis: ["storage"], events: { subscribe: [EVENT] } },
    contributes: {
      collections: "collections/",
      permissions: [{ id: "payments.view", title: title("查看缴款"), positions: ["system-administrator"] }],
    },
  },
};
const MAIN = `
import { inject, on, plugin, runPlugin, Storage } from "@jinshui/plugin";
class Payments {
  constructor(storage) { this.storage = storage; }
  async paid({ data, subject, originid }) {
    await this.storage.insert({ collection: "payments.payment", values: { payer: subject, amount: data.amount, number: originid } });
  }
}
inject(Storage)(Payments, undefined, 0);
plugin()(Payments);
on("${EVENT}")(Payments.prototype, "paid");
await runPlugin(Payments);
`;
const text = (name: string): object => ({ type: "string", title: title(name) });
const PAYMENT = {
  name: "payment",
  title: title("缴款"),
  fields: { number: text("编号"), payer: text("缴款人"), amount: text("金额") },
  display: { title: "number", list: ["number", "payer", "amount"] },
  permissions: { read: ["payments.view"], write: ["payments.view"] },
};

async function siteWithPayments(t: ExecutionContext): Promise<TestSite> {
  const own = await mkdtemp(join(tmpdir(), "jinshui-payments-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const folder = join(own, "plugins", "payments");
  await mkdir(join(folder, "collections"), { recursive: true });
  await mkdir(join(folder, "node_modules/@jinshui"), { recursive: true });
  await symlink(join(root, "sdk/plugin"), join(folder, "node_modules/@jinshui/plugin"));
  await writeFile(join(folder, "package.json"), JSON.stringify(MANIFEST));
  await writeFile(join(folder, "main.js"), MAIN);
  await writeFile(join(folder, "collections/payment.json"), JSON.stringify(PAYMENT));
  const configs = join(own, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  const edit = async (file: string, from: string, to: string): Promise<void> =>
    writeFile(join(configs, file), (await readFile(join(configs, file), "utf8")).replace(from, to));
  const networks = "webhooks: { allow: [127.0.0.0/8] }";
  await edit(
    "base.yaml",
    "plugins: [plugins]",
    `${networks}\nplugins: [plugins, ${relative(root, join(own, "plugins"))}]`,
  );
  await edit("bureaus/wuhu.yaml", "plugins:\n", "plugins:\n  payments: { enabled: true }\n");
  const site = await TestSite.start({ configs });
  t.teardown(() => site.stop());
  return site;
}

async function agree(site: TestSite, change: string): Promise<void> {
  await (await site.signIn("qianli")).client(organisationApi).decideChange({ change, approve: true });
}

test("what another system tells of reaches the plugin that may hear of it, once, also when the kernel is killed meanwhile", async (t) => {
  const site = await siteWithPayments(t);
  const administrator = (await site.signIn("sunjie")).client(webhooksApi);
  const source = { title: "核心征管", source: "tax-core", names: ["payment-made"], reason: "缴款通知" };
  await agree(site, (await administrator.proposeInbound(source)).change);
  const [hook] = (await administrator.inboundHooks({})).hooks;
  const { secret } = await administrator.renewInboundSecret({ hook: hook?.id ?? "" });
  const post = async (id: string): Promise<number> => {
    const body = JSON.stringify({
      ...{ specversion: "1.0", id, source: "https://tax-core.example", type: "cn.gov.tax.payment-made" },
      ...{ subject: "91340200", data: { amount: "120.50" } },
    });
    const [message, timestamp] = [randomUUID(), Math.floor(Date.now() / 1_000)];
    const key = Buffer.from(secret.slice(6), "base64");
    const signature = createHmac("sha256", key).update(`${message}.${timestamp}.${body}`).digest("base64");
    const headers = {
      "content-type": "application/cloudevents+json",
      "webhook-id": message,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    };
    return (await fetch(site.url + (hook?.path ?? ""), { method: "POST", headers, body })).status;
  };
  for (const id of ["p-1", "p-1", "p-2"]) t.is(await post(id), 202);
  await site.kill();
  await site.restart();
  t.is(await post("p-2"), 202, "the sender did not hear the answer and repeats it");
  t.is(await post("p-3"), 202);
  const states = (await site.signIn("sunjie")).client(supervisorApi);
  const plugin = async () => (await states.plugins({})).plugins.find(({ id }) => id === "payments");
  for (const end = Date.now() + 20_000; (await plugin())?.state === "starting" && Date.now() < end;) await sleep(100);
  t.like(await plugin(), { state: "running", problem: undefined });
  const storage = (await site.signIn("sunjie")).client(storageApi);
  const payments = async (): Promise<unknown[]> =>
    (await storage.find({ collection: "payments.payment", sort: ["number"] })).records.map(
      ({ values }) => values["number"],
    );
  for (const end = Date.now() + 20_000; (await payments()).length < 3 && Date.now() < end;) await sleep(100);
  await sleep(1_000);
  t.deepEqual(await payments(), ["p-1", "p-2", "p-3"]);
});

/** Another system, which may be away. */
function receiver(got: string[], port = 0): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    got.push(String(request.headers["webhook-id"]));
    response.writeHead(204).end();
  });
  return new Promise((done) => server.listen(port, "127.0.0.1", () => done(server)));
}

test("an event that a receiver was away for arrives after the kernel was killed and the receiver is back", async (t) => {
  t.timeout(180_000);
  const site = await siteWithPayments(t);
  const got: string[] = [];
  const first = await receiver(got);
  const { port } = first.address() as AddressInfo;
  await new Promise((done) => first.close(done));
  const administrator = (await site.signIn("sunjie")).client(webhooksApi);
  const wanted = { title: "报表", url: `http://127.0.0.1:${port}/`, events: ["asset-tracking.equipment-changed"] };
  await agree(site, (await administrator.propose({ ...wanted, reason: "报表需要" })).change);
  const webhook = (await administrator.webhooks({})).webhooks[0]?.id ?? "";
  await administrator.renewSecret({ webhook });
  const add = async (code: string): Promise<void> => {
    const values = { code, name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
    const clerk = (await site.signIn("sj025")).client(storageApi);
    await clerk.insert({ collection: "asset-tracking.equipment", values });
  };
  await add("WH-2005-09601");
  const pending = async (): Promise<number> =>
    (await (await site.signIn("sunjie")).client(webhooksApi).deliveries({ webhook, state: "pending" })).total;
  for (const end = Date.now() + 10_000; (await pending()) === 0 && Date.now() < end;) await sleep(50);
  await add("WH-2005-09602");
  await site.kill();
  await site.restart();
  const second = await receiver(got, port);
  t.teardown(() => void second.close());
  // the third try comes half a minute after the second
  for (const end = Date.now() + 60_000; new Set(got).size < 2 && Date.now() < end;) await sleep(100);
  t.is(new Set(got).size, 2, "both, and whatever came twice has the same id");
});
