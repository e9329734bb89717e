import { JinshuiError } from "./error.js";

const TOKEN = /^[a-z0-9-]{1,40}$/;

/**
 * One token of a subject. Everything that goes into a subject passes here, since the client library sends what it is
 * given: a line break in a subject would be a second command to the server.
 */
export function token(value: string): string {
  if (!TOKEN.test(value)) {
    throw new JinshuiError("invalid-request", `"${value.slice(0, 60)}" is no subject token ([a-z0-9-], 1 to 40)`, {
      details: { value: value.slice(0, 60) },
    });
  }
  return value;
}

const join = (...tokens: string[]): string => tokens.join(".");
const major = (version: number): string => `v${version}`;

/** Builders of every subject of the platform (ADR 1). `"*"` is accepted where a subscription or a grant needs it. */
export const subject = {
  /** `jinshui.<api>.v<major>.<bureau>.<caller>.<op>`: a request to the kernel; the credential pins `<caller>`. */
  api: (api: string, version: number, bureau: string, caller: string, op: string): string =>
    join("jinshui", token(api), major(version), any(bureau), any(caller), any(op)),
  /** `jinshui.plugin.<bureau>.<plugin>.v<major>.<op>.<caller>`: a request to a plugin. */
  plugin: (bureau: string, plugin: string, version: number, op: string, caller: string): string =>
    join("jinshui", "plugin", any(bureau), any(plugin), major(version), any(op), any(caller)),
  /** `jinshui.event.<bureau>.<source>.<name>`: a fact, published through the outbox only. */
  event: (bureau: string, source: string, name: string): string =>
    join("jinshui", "event", any(bureau), any(source), any(name)),
  /** `jinshui.job.<bureau>.<plugin>.<type>`: work of a process for a plugin. */
  job: (bureau: string, plugin: string, type: string): string =>
    join("jinshui", "job", any(bureau), any(plugin), any(type)),
  /** `jinshui.control.v1.<plugin>.<verb>.<run>`: between the supervisor and one run of a plugin's process, of which there may be two. */
  control: (plugin: string, verb: string, run: string): string =>
    join("jinshui", "control", "v1", any(plugin), any(verb), any(run)),
};

function any(value: string): string {
  return value === "*" ? value : token(value);
}

/** The token of an operation: camelCase in code, kebab-case in subjects. */
export function opToken(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export interface ApiSubject {
  api: string;
  version: number;
  bureau: string;
  caller: string;
  op: string;
}

/** Takes a kernel request's subject apart. */
export function parseApiSubject(text: string): ApiSubject {
  const [, api = "", version = "", bureau = "", caller = "", op = ""] = text.split(".");
  return { api, version: Number(version.slice(1)), bureau, caller, op };
}

export interface PluginSubject {
  bureau: string;
  plugin: string;
  version: number;
  op: string;
  caller: string;
}

/** Takes a plugin request's subject apart. */
export function parsePluginSubject(text: string): PluginSubject {
  const [, , bureau = "", plugin = "", version = "", op = "", caller = ""] = text.split(".");
  return { bureau, plugin, version: Number(version.slice(1)), op, caller };
}

/** Who a request's subject says it is from: the token that the sender's credential pins. Nothing for subjects that are no requests. */
export function callerOf(text: string): string | undefined {
  const tokens = text.split(".");
  const [root, kind, third, fourth, fifth] = tokens;
  if (root !== "jinshui" || kind === "event" || kind === "job") return undefined;
  if (kind === "plugin") return tokens.length === 7 ? tokens[6] : undefined;
  // a plugin's process says that it is ready; all other verbs are the supervisor's
  if (kind === "control") return third !== "v1" ? undefined : fifth === "ready" ? fourth : "supervisor";
  return tokens.length === 6 ? fifth : undefined;
}

/** Where answers to a caller go: only its own credential hears them. */
export function inboxOf(caller: string): string {
  return `_INBOX_${caller}`;
}
