import {
  type Api,
  ErrorBody,
  HTTP_ROOT,
  isText,
  MACHINE_APIS,
  type Op,
  type PluginOperations,
} from "@jinshui/contracts";
import { apiTitle, both, described, type DocumentOptions } from "./described.js";
import { edgePaths, EDGE_TAGS } from "./edge-paths.js";
import { type Json, NamedSchemas } from "./named-schemas.js";
import { errorResponses, refusals } from "./refusals.js";

/** What a field of an input looks like in its schema. */
interface InputSchema {
  properties?: Record<string, object>;
  required?: string[];
}

/** JSON as content. */
const json = (schema: Json): Json => ({ "application/json": { schema } });
const SESSION = { session: [] };
const MACHINE = { machine: [] };

/**
 * The HTTP API as an OpenAPI 3.1 document: everything that the contracts give a route, what the gateway serves besides, and the
 * operations of plugins.
 */
export function openApiDocument({ version, apis, plugins = [] }: DocumentOptions): Json {
  const schemas = new NamedSchemas();
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, operation: Json): void => {
    (paths[path] ??= {})[method.toLowerCase()] = operation;
  };
  for (const api of apis)
    for (const [name, op] of Object.entries(api.ops))
      if (op.http) add(pathOf(op.http.path), op.http.method, operationOf(api, name, op, schemas));
  for (const [path, methods] of Object.entries(edgePaths(schemas)))
    for (const [method, operation] of Object.entries(methods)) add(path, method, operation);
  for (const plugin of plugins)
    for (const name of Object.keys(plugin.ops))
      add(`${HTTP_ROOT}/plugins/${plugin.id}/ops/${name}`, "post", pluginOperation(plugin, name, schemas));
  return {
    openapi: "3.1.0",
    info: {
      title: "金税平台 HTTP API",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: DESCRIPTION,
    },
    servers: [{ url: "/" }],
    security: [SESSION, MACHINE],
    tags: [
      ...apis.map(({ name }) => ({ name, description: apiTitle(name) })),
      ...EDGE_TAGS,
      ...plugins.map(({ id, title }) => ({ name: id, description: both(title) })),
    ],
    paths: Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1))),
    components: {
      responses: errorResponses(schemas.of(ErrorBody)),
      schemas: schemas.components(),
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          required: true,
          description: "新的随机文本；重发时相同 / A new random text for each change, the same when it is sent again.",
          schema: { type: "string", minLength: 1, maxLength: 100 },
        },
        FromPage: {
          name: "X-Jinshui",
          in: "header",
          description:
            "`1`：会话（cookie）的写操作必带 / Must be `1` in writes of a session, not in those with a token.",
          schema: { const: "1" },
        },
      },
      securitySchemes: securitySchemes(plugins),
    },
  };
}

const DESCRIPTION = `面向其他系统的接口。系统接口（machine client）以 OAuth 2.0 客户端凭据换取令牌后，以 \`Authorization: Bearer\` 调用。
授权范围写作 \`<api>:<permission>\`，由两名管理员授予。

For other systems. A machine client gets a token by OAuth 2.0 client credentials and calls with \`Authorization: Bearer\`. Scopes are
\`<api>:<permission>\` and granted by two administrators. Query parameters that are no text are JSON. Every change carries an
\`Idempotency-Key\`. Lists are paged: \`limit\`, \`cursor\`, \`nextCursor\`. Errors have one form, \`ErrorBody\`.`;

function pathOf(path: string): string {
  return HTTP_ROOT + path.replace(/:([a-zA-Z]+)/g, "{$1}");
}

function operationOf(api: Api, name: string, op: Op, schemas: NamedSchemas): Json {
  const { http, effect, audited, recent } = op;
  const input = op.input as InputSchema;
  const inPath = [...(http?.path ?? "").matchAll(/:([a-zA-Z]+)/g)].map(([, field = ""]) => field);
  const rest = Object.keys(input.properties ?? {}).filter((field) => !inPath.includes(field));
  const inQuery = http?.method === "GET" || http?.method === "DELETE";
  const parameter = (field: string, where: "path" | "query"): Json => {
    const schema = schemas.of(input.properties?.[field] ?? { type: "string" });
    return {
      name: field,
      in: where,
      required: where === "path" || input.required?.includes(field) === true,
      ...(where === "path" || isText(op, field) || isScalar(schema) ? { schema } : { content: json(schema) }),
    };
  };
  return {
    operationId: `${api.name}.${name}`,
    tags: [api.name],
    ...described(api.name, name),
    security: MACHINE_APIS.includes(api.name) && recent !== true ? [SESSION, MACHINE] : [SESSION],
    parameters: [
      ...inPath.map((field) => parameter(field, "path")),
      ...(inQuery ? rest.map((field) => parameter(field, "query")) : []),
      ...writeParameters(http?.method ?? "GET", effect),
    ],
    ...(inQuery ? {} : { requestBody: bodyOf(input, rest, schemas) }),
    responses: { 200: { description: "完成 / Done.", content: json(schemas.of(op.output)) }, ...refusals(effect) },
    "x-jinshui": { effect, ...(audited === true ? { audited } : {}), ...(recent === true ? { recent } : {}) },
  };
}

/** Whether a value is written in JSON as it would be without: `50`, `true`. */
function isScalar({ type }: Json): boolean {
  return type === "integer" || type === "number" || type === "boolean";
}

function writeParameters(method: string, effect: Op["effect"]): Json[] {
  return [
    ...(effect === "write" ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
    ...(method === "GET" ? [] : [{ $ref: "#/components/parameters/FromPage" }]),
  ];
}

/** What of an input is not in the path. */
function bodyOf(input: InputSchema, fields: readonly string[], schemas: NamedSchemas): Json {
  const properties = Object.fromEntries(fields.map((field) => [field, input.properties?.[field] ?? {}]));
  const required = (input.required ?? []).filter((field) => fields.includes(field));
  const schema = input.properties ? { ...input, properties, required } : input;
  return { required: required.length > 0, content: json(schemas.of(schema)) };
}

function pluginOperation({ id, ops }: PluginOperations, name: string, schemas: NamedSchemas): Json {
  const op = ops[name];
  if (!op) return {};
  const { input, output, effect, permission } = op;
  const scopes = permission === undefined ? [] : [`${id}:${permission}`];
  return {
    operationId: `plugin.${id}.${name}`,
    tags: [id],
    summary: `${id}.${name}`,
    security: [SESSION, { machine: scopes }],
    parameters: writeParameters("POST", effect),
    requestBody: { required: true, content: json(schemas.of(input)) },
    responses: { 200: { description: "完成 / Done.", content: json(schemas.of(output)) }, ...refusals(effect) },
    "x-jinshui": { effect, ...(permission === undefined ? {} : { permission }) },
  };
}

/** Who may call. The scopes named are those of the plugins' permissions. */
function securitySchemes(plugins: readonly PluginOperations[]): Json {
  const scopes = plugins.flatMap(({ id, permissions }) =>
    permissions.flatMap((permission) =>
      ["storage", "workflow", id].map((api) => [
        `${api}:${permission.id}`,
        `${apiTitle(api)}：${both(permission.title)}`,
      ]),
    ),
  );
  return {
    session: {
      type: "apiKey",
      in: "cookie",
      name: "__Host-jinshui",
      description: "登录后的会话；未加密的站点名为 `jinshui` / Of a signed-in person; `jinshui` on a site without TLS.",
    },
    machine: {
      type: "oauth2",
      description: "系统接口 / A machine client, with `client_secret_basic`.",
      flows: { clientCredentials: { tokenUrl: "/oidc/token", scopes: Object.fromEntries(scopes) as Json } },
    },
  };
}
