import { connectBus } from "@jinshui/bus";
import { kernelGrant, openBusAuthority } from "@jinshui/auth";
import { problems } from "@jinshui/contracts/validate";
import { type CloudEvent, subject } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

type Content = Record<string, { schema: object }>;
interface Operation {
  operationId: string;
  parameters?: { $ref?: string; required?: boolean }[];
  responses: Record<string, { $ref?: string; content?: Content }>;
}
interface HttpDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, { content: Content }> };
}

async function documentOf(person: TestPerson): Promise<HttpDocument> {
  return (await (await person.send("GET", "/api/v1/openapi.json")).json()) as HttpDocument;
}

/** Holds an answer against what the document says of it. */
async function hold(
  t: ExecutionContext,
  document: HttpDocument,
  operation: Operation,
  answer: Response,
): Promise<void> {
  const { operationId: id, responses } = operation;
  const said = responses[String(answer.status)] ?? responses["default"];
  const name = said?.$ref?.split("/").at(-1);
  const { content } = (name === undefined ? said : document.components.responses[name]) ?? {};
  const [type = "", { schema = {} } = {}] = Object.entries(content ?? {})[0] ?? [];
  t.true(answer.headers.get("content-type")?.startsWith(type), `${id}: ${answer.status}`);
  const { components } = document;
  t.deepEqual(problems({ ...schema, components }, await answer.json()), [], `${id}: ${answer.status}`);
}

test("what a site answers is what its document says: every read without an input, by four people and nobody", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const document = await documentOf(await site.signIn("sunjie"));
  const reads = Object.entries(document.paths).flatMap(([path, { get }]) =>
    get && !/\{|\/events$/.test(path) && !get.parameters?.some(({ required }) => required) ? [{ path, get }] : [],
  );
  const statuses: Record<number, number> = {};
  for (const name of ["sunjie", "qianli", "majing", "hanbo"]) {
    const person = await site.signIn(name);
    for (const { path, get } of reads) {
      const answer = await person.send("GET", path);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      await hold(t, document, get, answer);
    }
  }
  for (const { path, get } of reads) await hold(t, document, get, await fetch(site.url + path));
  t.log(`${reads.length} reads: ${JSON.stringify(statuses)}`);
  t.true(reads.length > 25);
  t.true((statuses[200] ?? 0) > 50);
  t.true((statuses[403] ?? 0) > 5);
});

test("what changes something answers as the document says, and what it takes is in the document", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const clerk = await site.signIn("sj025");
  const document = await documentOf(clerk);
  const call = async (
    method: string,
    path: string,
    template: string,
    body?: object,
  ): Promise<Record<string, unknown>> => {
    const operation = document.paths[template]?.[method.toLowerCase()];
    if (!operation) throw new Error(`${method} ${template} is not in the document`);
    const answer = await clerk.send(method, path, body);
    await hold(t, document, operation, answer.clone());
    return (await answer.json()) as Record<string, unknown>;
  };
  const records = "/api/v1/collections/asset-tracking.equipment/records";
  const template = "/api/v1/collections/{collection}/records";
  const values = { code: "WH-2005-09001", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
  const { id } = await call("POST", records, template, { values });
  t.is(typeof id, "string");
  await call("GET", `${records}/${String(id)}`, `${template}/{id}`);
  await call("GET", `${records}?filter=${encodeURIComponent(JSON.stringify({ code: values.code }))}&limit=1`, template);
  await call("GET", `${records}?filter=no-json`, template);
  await call("PATCH", `${records}/${String(id)}`, `${template}/{id}`, { version: 1, values: { name: "笔记本" } });
  t.like(await call("PATCH", `${records}/${String(id)}`, `${template}/{id}`, { version: 1, values: { name: "x" } }), {
    code: "stale-version",
  });
  t.like(await call("POST", records, template, { values: { name: 1 } }), { status: 400 });
  const greet = "/api/v1/plugins/example-hello/ops/greet";
  t.is((await call("POST", greet, greet, { to: "x" }))["code"], undefined);
  t.like(await call("POST", greet, greet, {}), { status: 400 });
  t.like(
    await call("POST", "/api/v1/matters/nowhere/instances", "/api/v1/matters/{definition}/instances", { values: {} }),
    { status: 404 },
  );
});

test("every event that passes on the bus is in its document", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const person = await site.signIn("sunjie");
  const document = (await (await person.send("GET", "/api/v1/asyncapi.json")).json()) as {
    channels: Record<string, { address: string | null; messages: { event?: { payload: object } } }>;
    components: object;
  };
  const config = await readFile(join(site.data, "nats", "nats.conf"), "utf8");
  const servers = /listen: "([^"]+)"/.exec(config)?.[1] ?? "";
  const credential = await (
    await openBusAuthority(join(site.data, "keys"))
  ).mint({
    ...kernelGrant("observer"),
    subscribe: ["jinshui.event.>"],
  });
  const bus = await connectBus({ servers, caller: "observer", credentials: () => credential });
  t.teardown(() => bus.drain());
  const heard: [string, CloudEvent][] = [];
  bus.subscribe(subject.event("*", "*", "*"), (body, on) => heard.push([on, body as CloudEvent]));
  const clerk = await site.signIn("sj025");
  const values = { code: "WH-2005-09002", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
  await clerk.send("POST", "/api/v1/collections/asset-tracking.equipment/records", { values });
  await person.send("POST", "/api/v1/plugins/example-hello/restart", {});
  for (const end = Date.now() + 10_000; !heard.some(([on]) => on.includes("equipment-changed")) && Date.now() < end;)
    await sleep(50);
  const names = heard.map(([on]) => on.split(".").slice(3).join("."));
  t.true(names.includes("asset-tracking.equipment-changed"), names.join());
  t.true(names.includes("supervisor.plugins-changed"), names.join());
  for (const [on, event] of heard) {
    const [, , , ...name] = on.split(".");
    const channel = document.channels[`event.${name.join(".")}`];
    t.truthy(channel, on);
    const { components } = document;
    t.deepEqual(problems({ ...channel?.messages.event?.payload, components }, event), [], on);
  }
});
