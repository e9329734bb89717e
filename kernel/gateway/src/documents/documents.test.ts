import specs from "@asyncapi/specs";
import { connectBus, silent } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import { type Api, HTTP_ROOT, opToken, type PluginOperations } from "@jinshui/contracts";
import * as contracts from "@jinshui/contracts";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import test from "ava";
import { EventStream } from "../event-stream.js";
import { gatewayRouter } from "../gateway.js";
import type { FederationEdge, FileEdge, GatewayOptions } from "../options.js";
import { servedApis } from "../served-apis.js";
import { asyncApiDocument } from "./async-api.js";
import { OP_TITLES } from "./op-titles.js";
import { openApiDocument } from "./open-api.js";

const ALL = (Object.values(contracts) as unknown[]).filter(
  (value): value is Api => typeof value === "object" && value !== null && "ops" in value && "version" in value,
);
const PLUGIN: PluginOperations = {
  id: "cars",
  title: { "zh-CN": "用车" },
  permissions: [{ id: "cars.view", title: { "zh-CN": "查看用车", en: "See cars" } }],
  collections: [{ name: "trip", title: { "zh-CN": "用车台账" } }],
  ops: {
    book: {
      version: 2,
      effect: "write",
      permission: "cars.view",
      input: { type: "object", properties: { plate: { type: "string" } }, required: ["plate"] },
      output: { type: "object" },
    },
  },
};
const about = { version: "0.1.0", apis: ALL, plugins: [PLUGIN] };

const ajv = new Ajv({ strict: false });
(addFormats as unknown as (instance: Ajv) => void)(ajv);
const isAsyncApi = ajv.compile(specs.schemasWithoutId["3.0.0"] as object);

/** What the official schema of AsyncAPI says against a document. */
function busProblems(document: object): string[] {
  if (isAsyncApi(JSON.parse(JSON.stringify(document)))) return [];
  return (isAsyncApi.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath}: ${message}`);
}

/** References within a document that lead nowhere. */
function danglingRefs(document: object): string[] {
  const paths = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
  const part = (value: unknown, key: string): unknown => (value as Record<string, unknown> | undefined)?.[key];
  return paths.filter((path) => path.split("/").reduce(part, document) === undefined);
}

type Paths = Record<string, Record<string, { operationId: string; security?: object[]; parameters?: object[] }>>;

test("the document of the HTTP API is OpenAPI 3.1, and every reference in it leads somewhere", async (t) => {
  const document = openApiDocument(about);
  const result = await new Validator().validate(document);
  t.deepEqual(result.errors ?? [], []);
  t.true(result.valid);
  t.deepEqual(danglingRefs(document), []);
  const ids = Object.values(document["paths"] as Paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  t.deepEqual(ids.length, new Set(ids).size, "every operation has an id of its own");
});

test("a validator that is shown a broken document says so", async (t) => {
  const document = openApiDocument(about);
  t.false((await new Validator().validate({ ...document, paths: { "/x": { get: { responses: 1 } } } })).valid);
  const bus = asyncApiDocument(about);
  t.true(busProblems({ ...bus, operations: { a: { action: "shout" } } }).length > 0);
  t.true(busProblems({ ...bus, asyncapi: "2.6.0" }).length > 0);
  const { find } = bus["operations"] as Record<string, object>;
  const lost = { ...find, action: "send", channel: { $ref: "#/channels/nowhere" } };
  t.deepEqual(danglingRefs({ ...bus, operations: { lost } }), ["channels/nowhere"]);
});

test("every route that the gateway registers is in the document, and nothing else", async (t) => {
  const server = await startTestServer();
  t.teardown(() => server.stop());
  const bus = await connectBus({ servers: server.url, caller: "gateway" });
  t.teardown(() => bus.drain());
  const options: GatewayOptions = {
    bus,
    log: silent,
    site: { title: { "zh-CN": "站点" }, bureaus: [] },
    version: "0.1.0",
    // none of these is called: routes are only registered
    files: { limits: { fileBytes: 1 } } as unknown as FileEdge,
    federation: {} as unknown as FederationEdge,
    packages: { receive: () => Promise.resolve() },
    assetPath: () => undefined,
    sourceMaps: false,
    shellFolder: "nowhere",
    unready: () => Promise.resolve([]),
  };
  const router = gatewayRouter(options, new EventStream(options), { html: "", scriptHashes: [], styleHashes: [] });
  // files of the shell and of plugins, and the page that every other address shows
  const files = ["/{*path}", "/plugins/:plugin/:version/{*path}"];
  const registered = router.stack
    .filter(({ path }) => !files.includes(String(path)))
    .flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== "HEAD" || !methods.includes("GET"))
        .map((method) => `${method} ${String(path).replaceAll(/:(\w+)/g, "{$1}")}`),
    );
  const document = openApiDocument({ version: "0.1.0", apis: servedApis(true) });
  const described = Object.entries(document["paths"] as Paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  t.true(registered.length > 120);
  // served before the router, since other systems' requests are no pages' of ours
  t.deepEqual(
    described.filter((route) => !registered.includes(route)),
    ["POST /api/v1/hooks/{hook}", "POST /oidc/token"],
  );
  t.deepEqual(
    registered.filter((route) => !described.includes(route)),
    [],
  );
});

test("every operation of a contract has its route, its key, its titles and its place on the bus", (t) => {
  const paths = openApiDocument(about)["paths"] as Paths;
  const { channels, operations } = asyncApiDocument(about) as Record<string, Record<string, { address?: string }>>;
  const all = ALL.flatMap((api) => Object.entries(api.ops).map(([name, op]) => ({ api, name, op })));
  t.true(all.length > 130);
  for (const { api, name, op } of all) {
    const id = `${api.name}.${name}`;
    t.true(Object.hasOwn(OP_TITLES, id), `${id} has no title in op-titles.ts`);
    t.is(channels?.[id]?.address, `jinshui.${api.name}.v${api.version}.{bureau}.{caller}.${opToken(name)}`);
    t.truthy(operations?.[id], id);
    if (!op.http) continue;
    const path = HTTP_ROOT + op.http.path.replaceAll(/:(\w+)/g, "{$1}");
    const operation = paths[path]?.[op.http.method.toLowerCase()];
    t.is(operation?.operationId, id);
    const takesKey = JSON.stringify(operation?.parameters).includes("IdempotencyKey");
    t.is(takesKey, op.effect === "write", `${id}: Idempotency-Key`);
  }
  t.deepEqual(
    Object.keys(OP_TITLES).filter((id) => !all.some(({ api, name }) => id === `${api.name}.${name}`)),
    [],
  );
  t.like(paths["/api/v1/plugins/cars/ops/book"]?.["post"], {
    operationId: "plugin.cars.book",
    security: [{ session: [] }, { machine: ["cars:cars.view"] }],
  });
  t.is(channels?.["plugin.cars.book"]?.address, "jinshui.plugin.{bureau}.cars.v2.book.{caller}");
  t.is(channels?.["event.cars.trip-changed"]?.address, "jinshui.event.{bureau}.cars.trip-changed");
});

test("the document of the bus is AsyncAPI 3.0, every reference in it leads somewhere, and every parameter is in its address", (t) => {
  const document = asyncApiDocument(about);
  t.deepEqual(busProblems(document), []);
  t.deepEqual(danglingRefs(document), []);
  const channels = document["channels"] as Record<string, { address: string | null; parameters?: object }>;
  for (const [id, { address, parameters = {} }] of Object.entries(channels)) {
    const inAddress = [...(address ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    t.deepEqual(Object.keys(parameters).sort(), inAddress.sort(), id);
  }
});
