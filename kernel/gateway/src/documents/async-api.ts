import {
  type Api,
  CloudEvent,
  ErrorBody,
  HEADER,
  Job,
  KERNEL_EVENTS,
  type KnownEvent,
  type Op,
  opToken,
  type PluginOperations,
  recordChanged,
} from "@jinshui/contracts";
import { both, described, type DocumentOptions } from "./described.js";
import { type Json, NamedSchemas } from "./named-schemas.js";

const BUREAU = { description: "局的标识 / Id of a bureau, e.g. `wuhu`" };
const CALLER = { description: "调用方，由总线凭据限定 / Who calls; the credential allows no other" };
const HEADERS = {
  type: "object",
  properties: {
    [HEADER.traceparent]: { type: "string", description: "W3C trace context" },
    [HEADER.timeout]: { type: "string", description: "剩余毫秒 / What is left of the caller's time, in ms" },
    [HEADER.actor]: { type: "string", description: "操作人令牌 / Token of who acts, for this caller" },
    [HEADER.idempotencyKey]: { type: "string", description: "幂等键 / Makes a write safe to repeat" },
  },
};

/**
 * The bus as an AsyncAPI 3.0 document, as the kernel sees it: every operation of every API and of the plugins it is told of,
 * events, and jobs. Requests go by subjects that pin who calls; answers go to the caller's own inbox.
 */
export function asyncApiDocument({ version, apis, plugins = [] }: DocumentOptions): Json {
  const schemas = new NamedSchemas();
  const document = new Channels(schemas);
  for (const api of apis) for (const [name, op] of Object.entries(api.ops)) document.request(requestOf(api, name, op));
  for (const plugin of plugins) {
    for (const name of Object.keys(plugin.ops)) document.request(pluginRequest(plugin, name));
    for (const { name, title } of plugin.collections)
      document.event(`${plugin.id}.${name}-changed`, {
        ...recordChanged,
        title: { "zh-CN": `${title["zh-CN"]}：记录有变化`, en: `${title.en ?? title["zh-CN"]}: a record has changed` },
      });
  }
  for (const [name, known] of Object.entries(KERNEL_EVENTS)) document.event(name, known);
  document.event("{plugin}.{collection}-changed", recordChanged);
  document.jobs();
  const { channels, operations } = document;
  const error = schemas.of(ErrorBody);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "金税平台 消息总线 / The bus of Jinshui",
      version,
      license: { name: "Apache-2.0" },
      description: DESCRIPTION,
    },
    defaultContentType: "application/json",
    servers: {
      bus: {
        host: "127.0.0.1:4222",
        protocol: "nats",
        description: "地址由站点告知 / A site tells its address with the credential.",
        security: [{ $ref: "#/components/securitySchemes/credential" }],
      },
    },
    channels,
    operations,
    components: {
      schemas: schemas.components(),
      messages: { error: { name: "error", title: "错误 / An error", payload: error } },
      securitySchemes: {
        credential: {
          type: "X509",
          description: "NATS 用户 JWT 与 nkey / A user JWT with its nkey, minted by the site for one caller.",
        },
      },
    },
  };
}

const DESCRIPTION = `NATS 上的请求与应答、事件与服务任务。主题（subject）含局与调用方，凭据限定调用方。
事件为 CloudEvents 1.0（JSON），至少一次送达，以 \`id\` 去重，同一 \`subject\` 内 \`sequence\` 连续。

Requests and answers, events and jobs on NATS. Subjects name bureau and caller, which the credential pins. Events are CloudEvents 1.0 in
JSON, delivered at least once: know repetitions by \`id\`; \`sequence\` has no gap within one \`subject\`.`;

/** A request and its answer. */
interface Request {
  id: string;
  address: string;
  about: { summary: string; description?: string };
  parameters: Json;
  input: object;
  output: object;
}

function requestOf({ name: api, version }: Api, name: string, { input, output, callers }: Op): Request {
  const about = described(api, name);
  const caller = callers === "kernel" ? { ...CALLER, enum: ["gateway"] } : CALLER;
  return {
    id: `${api}.${name}`,
    address: `jinshui.${api}.v${version}.{bureau}.{caller}.${opToken(name)}`,
    about,
    parameters: { bureau: BUREAU, caller },
    input,
    output,
  };
}

function pluginRequest({ id, title, ops }: PluginOperations, name: string): Request {
  const { version = 1, input = {}, output = {} } = ops[name] ?? {};
  return {
    id: `plugin.${id}.${name}`,
    address: `jinshui.plugin.{bureau}.${id}.v${version}.${name}.{caller}`,
    about: { summary: `${both(title)}: ${name}` },
    parameters: { bureau: BUREAU, caller: CALLER },
    input,
    output,
  };
}

/** Channels and operations, as they are put together. */
class Channels {
  readonly channels: Record<string, Json> = {};
  readonly operations: Record<string, Json> = {};

  constructor(readonly schemas: NamedSchemas) {}

  request({ id, address, about, parameters, input, output }: Request): void {
    const answer = `${id}.reply`;
    this.channels[id] = {
      address,
      parameters,
      messages: { request: { name: id, headers: HEADERS, payload: this.schemas.of(input) } },
    };
    this.channels[answer] = {
      address: null,
      description: "调用方的收件地址 / The caller's inbox, `_INBOX_<caller>.…`",
      messages: {
        reply: { name: answer, payload: this.schemas.of(output) },
        error: { $ref: "#/components/messages/error" },
      },
    };
    this.operations[id] = {
      action: "receive",
      ...about,
      channel: refTo("channels", id),
      messages: [refTo("channels", id, "messages", "request")],
      reply: {
        address: { location: "$message.header#/reply" },
        channel: refTo("channels", answer),
        messages: [refTo("channels", answer, "messages", "reply"), refTo("channels", answer, "messages", "error")],
      },
    };
  }

  event(name: string, { title, data }: KnownEvent): void {
    const id = `event.${name.replaceAll(/[{}]/g, "")}`;
    const parts = [...name.matchAll(/\{(\w+)\}/g)].map(([, part = ""]) => part);
    const type = `cn.jinshui.${name.split(".")[1] ?? ""}`;
    const properties = { ...CloudEvent.properties, data, ...(type.includes("{") ? {} : { type: { const: type } }) };
    this.channels[id] = {
      address: `jinshui.event.{bureau}.${name}`,
      parameters: { bureau: BUREAU, ...Object.fromEntries(parts.map((part) => [part, {}])) },
      messages: {
        event: {
          name: id,
          title: both(title),
          contentType: "application/cloudevents+json",
          payload: this.schemas.of({ ...CloudEvent, properties }),
        },
      },
    };
    this.operations[id] = {
      action: "send",
      summary: both(title),
      channel: refTo("channels", id),
      messages: [refTo("channels", id, "messages", "event")],
    };
  }

  jobs(): void {
    this.channels["job"] = {
      address: "jinshui.job.{bureau}.{plugin}.{type}",
      parameters: { bureau: BUREAU, plugin: {}, type: {} },
      messages: { job: { name: "job", payload: this.schemas.of(Job) } },
    };
    this.operations["job"] = {
      action: "send",
      summary: "流程的服务任务 / Work of a process for a plugin",
      channel: refTo("channels", "job"),
      messages: [refTo("channels", "job", "messages", "job")],
    };
  }
}

function refTo(...parts: string[]): Json {
  return { $ref: `#/${parts.join("/")}` };
}
