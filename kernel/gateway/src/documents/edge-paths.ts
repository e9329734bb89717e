import {
  FileRef,
  LocalText,
  OutsideEvent,
  Profile,
  supervisorApi,
  UploadStatus,
  webhooksApi,
} from "@jinshui/contracts";
import { described } from "./described.js";
import type { Json, NamedSchemas } from "./named-schemas.js";
import { refusals } from "./refusals.js";

/** Tags of what no contract names. */
export const EDGE_TAGS = [
  { name: "session", description: "会话" },
  { name: "files", description: "文件" },
  { name: "events", description: "事件" },
  { name: "plugins", description: "插件操作" },
  { name: "other-systems", description: "其他系统的登录与令牌" },
  { name: "site", description: "站点与文档" },
];

const text = { type: "string" };
const json = (schema: object): Json => ({ "application/json": { schema } });
const path = (name: string): Json => ({ name, in: "path", required: true, schema: text });
const query = (name: string, required: boolean, description: string): Json => ({
  name,
  in: "query",
  required,
  description,
  schema: text,
});
const header = (name: string, required: boolean, schema: Json): Json => ({ name, in: "header", required, schema });
const KEY = { $ref: "#/components/parameters/IdempotencyKey" };
const PAGE = { $ref: "#/components/parameters/FromPage" };
const TUS = header("Tus-Resumable", true, { const: "1.0.0" });
const NOBODY = { security: [] };
const PERSON = { security: [{ session: [] }] };
const CALLERS = { security: [{ session: [] }, { machine: [] }] };

/** One operation: `answers` are those that are no error, by status. */
function operation(tag: string, summary: string, about: Json, answers: Json, isWrite = false): Json {
  const id =
    summary
      .split(" / ")[1]
      ?.toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/-$/, "") ?? summary;
  return {
    operationId: `${tag}.${id}`,
    tags: [tag],
    summary,
    ...about,
    responses: { ...answers, ...refusals(isWrite ? "write" : "read") },
  };
}

const done = (schema: object, description = "完成 / Done."): Json => ({ description, content: json(schema) });
const empty = (description: string): Json => ({ description });
const body = (schema: object): Json => ({ requestBody: { required: true, content: json(schema) } });
const bytes = (type: string): Json => ({
  requestBody: { required: true, content: { [type]: { schema: { type: "string", format: "binary" } } } },
});

/** An object; those of its fields whose names end with `?` may be absent. */
function object(fields: Record<string, object>): Json {
  const names = Object.keys(fields);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), fields[name]])),
    required: names.filter((name) => !name.endsWith("?")),
  };
}

const boolean = { type: "boolean" };
const integer = { type: "integer" };
const anything = { type: "object" };
const credentials = { password: text, "code?": text, "passkey?": anything };
const site = object({
  title: LocalText,
  version: text,
  bureaus: { type: "array", items: object({ id: text, title: LocalText }) },
  "federated?": boolean,
});
const token = object({ access_token: text, token_type: { const: "Bearer" }, expires_in: integer, scope: text });
const ready = object({ ready: boolean, "reasons?": { type: "array", items: text } });

/** What the gateway serves besides the contracts: sessions, files, events, plugins, other systems. */
export function edgePaths(schemas: NamedSchemas): Record<string, Record<string, Json>> {
  const named = (schema: object): Json => schemas.of(schema);
  const upload = named(UploadStatus);
  return {
    "/livez": {
      get: operation("site", "进程存活 / The process lives", NOBODY, { 200: done(named(object({ live: boolean }))) }),
    },
    "/readyz": {
      get: operation("site", "可以服务 / The site is ready", NOBODY, {
        200: done(named(ready)),
        503: done(named(ready), "尚未就绪 / Not ready."),
      }),
    },
    "/version": {
      get: operation("site", "内核版本 / Version of the kernel", NOBODY, {
        200: done(named(object({ version: text }))),
      }),
    },
    "/api/v1/site": {
      get: operation("site", "站点信息 / What the public may know of the site", NOBODY, { 200: done(named(site)) }),
    },
    "/api/v1/openapi.json": {
      get: operation("site", "本文档 / This document", CALLERS, {
        200: done(anything, "含本局插件的操作 / With the plugins of the bureau."),
      }),
    },
    "/api/v1/asyncapi.json": {
      get: operation("site", "消息总线文档 / The document of the bus", CALLERS, { 200: done(anything) }),
    },
    "/api/v1/session": {
      post: operation(
        "session",
        "登录 / Sign in",
        {
          ...NOBODY,
          parameters: [PAGE],
          ...body(named(object({ username: text, "newPassword?": text, ...credentials }))),
        },
        { 200: done(named(Profile), "会话写入 cookie / The session is in the cookie.") },
      ),
      delete: operation("session", "退出登录 / Sign out", { ...PERSON, parameters: [PAGE] }, { 200: done(anything) }),
    },
    "/api/v1/session/again": {
      post: operation(
        "session",
        "再次验证身份 / Prove again who one is",
        { ...PERSON, parameters: [PAGE], ...body(named(object(credentials))) },
        { 200: done(anything) },
      ),
    },
    "/api/v1/events": {
      get: operation("events", "变化提示（SSE） / Hints that something has changed", PERSON, {
        200: { description: "server-sent events", content: { "text/event-stream": { schema: text } } },
      }),
    },
    "/api/v1/files": {
      put: operation(
        "files",
        "上传整个文件 / Upload a whole file",
        {
          ...CALLERS,
          parameters: [query("name", true, "文件名 / Its name"), PAGE],
          ...bytes("application/octet-stream"),
        },
        { 200: done(named(FileRef)) },
      ),
    },
    "/api/v1/files/{file}": {
      get: operation(
        "files",
        "下载链接 / Go to a file",
        { ...CALLERS, parameters: [path("file"), query("inline", false, "在页面中显示 / To be shown in a page")] },
        { 302: done(named(object({ url: text })), "去一次性地址 / To an address that is good once.") },
      ),
    },
    "/files/{ticket}/{name}": {
      get: operation(
        "files",
        "凭一次性地址下载 / Download with a ticket",
        { ...NOBODY, parameters: [path("ticket"), path("name")] },
        {
          200: {
            description: "内容 / The content",
            content: { "*/*": { schema: { type: "string", format: "binary" } } },
          },
          206: {
            description: "部分内容 / A range of it",
            content: { "*/*": { schema: { type: "string", format: "binary" } } },
          },
          416: empty("无此范围 / No such range"),
        },
      ),
    },
    "/api/v1/uploads": {
      options: operation("files", "分片上传协议 / What of tus is spoken", NOBODY, {
        204: empty("见响应头 / In headers"),
      }),
      post: operation(
        "files",
        "开始分片上传（tus） / Begin an upload in parts",
        {
          ...CALLERS,
          parameters: [TUS, header("Upload-Length", true, integer), header("Upload-Metadata", true, text), PAGE],
        },
        { 201: empty("地址在 Location / The address is in Location") },
      ),
    },
    "/api/v1/uploads/{id}": {
      options: operation(
        "files",
        "分片上传协议 / What of tus an upload speaks",
        { ...NOBODY, parameters: [path("id")] },
        { 204: empty("见响应头 / In headers") },
      ),
      head: operation(
        "files",
        "上传进度（tus） / How far by tus",
        { ...CALLERS, parameters: [path("id"), TUS] },
        { 200: empty("见 Upload-Offset / In Upload-Offset") },
      ),
      get: operation(
        "files",
        "上传进度 / How far an upload is",
        { ...CALLERS, parameters: [path("id")] },
        { 200: done(upload) },
      ),
      patch: operation(
        "files",
        "上传一片（tus） / Upload a part",
        {
          ...CALLERS,
          parameters: [
            path("id"),
            TUS,
            header("Upload-Offset", true, integer),
            header("Upload-Checksum", false, text),
            PAGE,
          ],
          ...bytes("application/offset+octet-stream"),
        },
        { 204: empty("见 Upload-Offset / In Upload-Offset") },
      ),
      delete: operation(
        "files",
        "放弃上传（tus） / Give an upload up",
        { ...CALLERS, parameters: [path("id"), TUS, PAGE] },
        { 204: empty("已放弃 / Given up") },
      ),
    },
    "/api/v1/plugins/{plugin}/ops/{op}": {
      post: operation(
        "plugins",
        "调用插件的操作 / Call an operation of a plugin",
        { ...CALLERS, parameters: [path("plugin"), path("op"), { ...KEY }, PAGE], ...body(anything) },
        { 200: done({}) },
        true,
      ),
    },
    "/api/v1/plugin-packages": {
      post: operation(
        "plugins",
        "上传插件包 / Send a package of a plugin",
        { ...PERSON, parameters: [PAGE], ...bytes("application/octet-stream") },
        { 200: done(named(supervisorApi.ops.inspectPackage.output), "包的内容与所求 / What it is and asks for") },
      ),
    },
    "/api/v1/hooks/{hook}": {
      post: operation(
        "events",
        "告知平台一个事件 / Tell us of an event",
        {
          ...NOBODY,
          description: described("webhooks", "receive").description,
          parameters: [
            path("hook"),
            header("webhook-id", true, text),
            header("webhook-timestamp", true, text),
            header("webhook-signature", true, text),
          ],
          requestBody: {
            required: true,
            content: { "application/cloudevents+json": { schema: named(OutsideEvent) } },
          },
        },
        { 202: done(named(webhooksApi.ops.receive.output), "已收下 / Taken.") },
        true,
      ),
    },
    "/api/v1/sign-in/{id}": {
      get: operation(
        "other-systems",
        "用外部身份来源登录 / Sign in with an issuer elsewhere",
        { ...NOBODY, parameters: [path("id"), query("next", false, "登录后的页面 / Page to come back to")] },
        { 303: empty("去该来源 / To the issuer") },
      ),
    },
    "/api/v1/sign-in/{id}/callback": {
      get: operation(
        "other-systems",
        "从外部身份来源返回 / Back from an issuer",
        { ...NOBODY, parameters: [path("id")] },
        { 303: empty("去页面 / To the page") },
      ),
    },
    "/oidc/token": {
      post: operation(
        "other-systems",
        "换取令牌 / Get a token",
        {
          ...NOBODY,
          description:
            "OAuth 2.0（RFC 6749 4.4），`client_secret_basic`；错误用 OAuth 的格式 / Errors are those of OAuth. `/oidc/.well-known/openid-configuration` tells the rest of OpenID Connect; SCIM is at `/scim/v2`, described by `/scim/v2/Schemas`.",
          requestBody: {
            required: true,
            content: {
              "application/x-www-form-urlencoded": {
                schema: {
                  type: "object",
                  properties: { grant_type: { const: "client_credentials" }, scope: text },
                  required: ["grant_type", "scope"],
                },
              },
            },
          },
        },
        { 200: done(named(token)) },
      ),
    },
    "/oidc/interaction/{uid}": {
      get: operation(
        "other-systems",
        "登录其他系统 / On the way to another system",
        { ...NOBODY, parameters: [path("uid")] },
        { 303: empty("去登录或询问页 / To our page") },
      ),
      post: operation(
        "other-systems",
        "同意或拒绝登录其他系统 / Agree to signing in there",
        { ...PERSON, parameters: [path("uid"), PAGE], ...body(named(object({ agreed: boolean }))) },
        { 200: done(named(object({ location: text }))) },
      ),
    },
    "/oidc/interaction/{uid}/question": {
      get: operation(
        "other-systems",
        "其他系统要什么 / What another system asks for",
        { ...PERSON, parameters: [path("uid")] },
        { 200: done(anything) },
      ),
    },
  };
}
