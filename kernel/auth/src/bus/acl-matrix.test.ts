import { RawConnection, startTestServer } from "@jinshui/bus/testing";
import {
  accountApi,
  type Api,
  auditApi,
  authApi,
  busApi,
  organisationApi,
  type PluginManifest,
  storageApi,
  supervisorApi,
  webhooksApi,
  workflowApi,
} from "@jinshui/contracts";
import test from "ava";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BusGrant, openBusAuthority } from "./authority.js";
import { gatewayGrant, kernelGrant, pluginGrant } from "./grants.js";

const PLUGINS = fileURLToPath(new URL("../../../../plugins", import.meta.url));
const APIS: Api[] = [
  accountApi,
  auditApi,
  authApi,
  busApi,
  organisationApi,
  storageApi,
  supervisorApi,
  webhooksApi,
  workflowApi,
];
const PARTS = [
  "account",
  "audit",
  "auth",
  "bus",
  "organisation",
  "storage",
  "supervisor",
  "webhooks",
  "workflow",
  "gateway",
];
const STREAMS = ["EVENTS", "JOBS"];
const BATCH = 500;

type Manifest = Pick<PluginManifest, "id" | "grants" | "provides">;
const op = { v: 1, input: "in.json", output: "out.json", effect: "read" as const };

/** The plugins there are, and two that ask for all that can be asked for, and for nothing. */
function manifests(): Manifest[] {
  const real = readdirSync(PLUGINS)
    .map((name) => join(PLUGINS, name, "package.json"))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { jinshui: Manifest }).jinshui);
  return [
    ...real,
    {
      id: "asks-for-all",
      grants: {
        apis: ["storage", "auth", "workflow"],
        events: { subscribe: ["workflow.instance-completed"] },
        plugins: ["example-hello.greet", "asks-for-nothing.look"],
      },
      provides: { ops: { mine: op }, points: { cards: "card.json" } },
    },
    { id: "asks-for-nothing", grants: { apis: [] }, provides: { ops: { look: op, secret: op } } },
  ];
}

/** What somebody may do, said once more and in another way than the credentials are made. */
interface Allowed {
  publish(subject: string): boolean;
  subscribe(subject: string): boolean;
}

function ofPlugin({ id, grants, provides }: Manifest): Allowed {
  return {
    publish(subject) {
      const [, kind = "", ...rest] = subject.split(".");
      if (kind === "plugin")
        return (
          rest[4] === id && rest.length === 5 && (grants.plugins ?? []).includes(`${rest[1] ?? ""}.${rest[3] ?? ""}`)
        );
      const hasPoints = Object.keys(provides?.points ?? {}).length > 0;
      if (
        kind === "supervisor" &&
        rest[0] === "v1" &&
        rest.length === 4 &&
        rest[2] === id &&
        subject.startsWith("jinshui.")
      )
        return rest[3] === "ask"
          ? hasPoints || (grants.plugins ?? []).length > 0
          : hasPoints && rest[3] === "contributed";
      if (kind === "control") return rest.join(".") === `v1.${id}.ready.r1`;
      return (
        (grants.apis as string[]).includes(kind) &&
        rest.length === 4 &&
        rest[2] === id &&
        subject.startsWith("jinshui.")
      );
    },
    subscribe(subject) {
      const [root = "", kind, , third, verb = "", run] = subject.split(".");
      if (root === `_INBOX_${id}`) return true;
      if (root !== "jinshui" || third !== id) return false;
      return (
        kind === "plugin" ||
        (kind === "control" && run === "r1" && ["bureaus", "deliver", "drain", "health", "settings"].includes(verb))
      );
    },
  };
}

function ofPart(part: string): Allowed {
  const starts = (subject: string, beginnings: string[]): boolean =>
    beginnings.some((text) => subject.startsWith(text));
  const inbox = `_INBOX_${part}.`;
  if (part === "gateway")
    return {
      publish: (subject) => {
        const [root, kind, ...rest] = subject.split(".");
        return (
          root === "jinshui" && (kind === "plugin" ? rest[4] === "gateway" : rest.length === 4 && rest[2] === "gateway")
        );
      },
      subscribe: (subject) => starts(subject, [inbox, "jinshui.event."]),
    };
  const stored = ["$JS.API.", "$JS.ACK."];
  const publish: Record<string, string[]> = {
    storage: [...stored, "jinshui.event.", "jinshui.job."],
    supervisor: [...stored, "jinshui.control.v1."],
    webhooks: stored,
  };
  return {
    publish: (subject) =>
      starts(subject, publish[part] ?? []) ||
      (part === "supervisor" && /^jinshui\.plugin\.([^.]+\.){4}supervisor$/.test(subject)),
    subscribe: (subject) =>
      starts(subject, [inbox, `jinshui.${part}.`]) ||
      (part === "supervisor" && /^jinshui\.control\.v1\.[^.>]+\.ready\.[^.>]+$/.test(subject)),
  };
}

/** Every subject that means something, for everybody. */
function subjectsOf(plugins: Manifest[]): string[] {
  const names = [...PARTS, ...plugins.map(({ id }) => id), "nobody"];
  const token = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const apis = APIS.flatMap(({ name, ops }) =>
    Object.keys(ops).flatMap((one) => names.map((caller) => `jinshui.${name}.v1.wuhu.${caller}.${token(one)}`)),
  );
  const operations = plugins.flatMap(({ id, provides }) =>
    [...Object.keys(provides?.ops ?? {}), "unknown"].flatMap((one) =>
      names.map((caller) => `jinshui.plugin.wuhu.${id}.v1.${one}.${caller}`),
    ),
  );
  const control = names.flatMap((name) =>
    ["bureaus", "deliver", "drain", "health", "ready", "dead"].flatMap((verb) =>
      ["r1", "r2"].map((run) => `jinshui.control.v1.${name}.${verb}.${run}`),
    ),
  );
  const stored = names.flatMap((name) => [
    `jinshui.event.wuhu.${name}.made`,
    `jinshui.job.wuhu.${name}.work`,
    ...STREAMS.flatMap((stream) => [
      ...["INFO", "DELETE", "MSG.NEXT"].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.${name}`),
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`,
      `$JS.ACK.${stream}.${name}.1.1.1.1.0`,
    ]),
  ]);
  const streams = STREAMS.flatMap((stream) => [
    ...["CREATE", "UPDATE", "INFO", "DELETE", "PURGE", "SNAPSHOT", "MSG.GET", "MSG.DELETE", "LEADER.STEPDOWN"].map(
      (verb) => `$JS.API.STREAM.${verb}.${stream}`,
    ),
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.NAMES.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.EVENT.ADVISORY.STREAM.CREATED.${stream}`,
  ]);
  const inboxes = names.flatMap((name) => [`_INBOX_${name}.a.1`, `_INBOX_${name}x.a.1`]);
  const others = [
    ...["INFO", "STREAM.NAMES", "STREAM.LIST", "ACCOUNT.PURGE.A", "META.LEADER.STEPDOWN"].map(
      (end) => `$JS.API.${end}`,
    ),
    ...[
      "REQ.SERVER.PING",
      "REQ.USER.INFO",
      "REQ.ACCOUNT.A.CLAIMS.UPDATE",
      "REQ.CLAIMS.DELETE",
      "ACCOUNT.A.CONNECT",
    ].map((end) => `$SYS.${end}`),
    ...[
      "_INBOX.a.1",
      "$KV.a.b",
      "$O.a.C.b",
      "$SRV.PING",
      "jinshui",
      "jinshui.storage",
      "elsewhere",
      "jinshui.storage.v1.wuhu",
    ],
  ];
  return [...apis, ...operations, ...control, ...stored, ...streams, ...inboxes, ...others];
}

/** Wider than any one subject: what eavesdroppers subscribe to. */
function wildcardsOf(subjects: string[]): string[] {
  const wider = subjects.flatMap((subject) => {
    const tokens = subject.split(".");
    return tokens.map((_, at) => [...tokens.slice(0, at), ">"].join("."));
  });
  const stars = subjects.map((subject) => subject.replace(/[^.]+$/, "*"));
  return [...new Set([...wider, ...stars, "*", "*.*", "*.>", "jinshui.*.*.*.*.*", "jinshui.*.*.*.*.*.*"])];
}

/** Whether everything that a wildcard covers is allowed: the allowed have no holes below these beginnings. */
function coversOnlyAllowed(wildcard: string, allowed: Allowed): boolean {
  const filled = (token: string): string => wildcard.replace(/[*>]/g, token);
  return allowed.subscribe(filled("zz")) && allowed.subscribe(filled("yy"));
}

// checklist: 58
test("everybody on the bus may do exactly what is meant for them: every subject, published, asked and subscribed", async (t) => {
  const authority = await openBusAuthority(await mkdtemp(join(tmpdir(), "jinshui-keys-")));
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  const open = async (grant: BusGrant): Promise<RawConnection> => {
    const raw = await RawConnection.open({ server: server.url, credential: await authority.mint(grant) });
    t.teardown(() => raw.close());
    return raw;
  };
  const observer = await open({ name: "observer", publish: [], subscribe: [">"] });
  t.deepEqual(await observer.subscribe(">"), []);

  const plugins = manifests();
  const subjects = subjectsOf(plugins);
  const wildcards = wildcardsOf(subjects);
  const everybody: { grant: BusGrant; allowed: Allowed }[] = [
    ...plugins.map((plugin) => ({
      grant: pluginGrant(
        plugin.id,
        { ...plugin.grants, points: Object.keys(plugin.provides?.points ?? {}).length > 0 },
        600,
        "r1",
      ),
      allowed: ofPlugin(plugin),
    })),
    ...PARTS.map((part) => ({
      grant: part === "gateway" ? gatewayGrant : kernelGrant(part),
      allowed: ofPart(part),
    })),
  ];
  let checks = 0;
  let allowedChecks = 0;
  for (const { grant, allowed } of everybody) {
    const raw = await open(grant);
    const deniedOf = async (lines: string[]): Promise<Set<string>> => {
      const denied = new Set<string>();
      for (let at = 0; at < lines.length; at += BATCH)
        for (const error of await raw.send(lines.slice(at, at + BATCH).join("")))
          denied.add(/Permissions Violation for \w+(?: to)? "(.*?)"/.exec(error)?.[1] ?? error);
      return denied;
    };
    const compare = (
      kind: string,
      tried: string[],
      denied: Set<string>,
      isAllowed: (text: string) => boolean,
    ): void => {
      const wrong = tried.filter((subject) => isAllowed(subject) === denied.has(subject));
      t.deepEqual(wrong, [], `${grant.name}: ${kind}`);
      checks += tried.length;
      allowedChecks += tried.filter(isAllowed).length;
    };
    // JetStream itself would answer its own subjects
    observer.messages.length = 0;
    const publish = (subject: string): boolean => allowed.publish(subject);
    const published = await deniedOf(subjects.map((subject) => `PUB ${subject} 0\r\n\r\n`));
    compare("publish", subjects, published, publish);
    await observer.roundTrip();
    const seen = new Set(observer.messages.map(({ subject }) => subject));
    const delivered = subjects.filter((subject) => !subject.startsWith("$") && seen.has(subject));
    t.deepEqual(
      delivered,
      subjects.filter((subject) => !subject.startsWith("$") && allowed.publish(subject)),
      `${grant.name}: what got through`,
    );
    const requested = subjects.filter((subject) => !subject.startsWith("$"));
    const reply = `_INBOX_${grant.name}.r.1`;
    compare(
      "request",
      requested,
      await deniedOf(requested.map((subject) => `PUB ${subject} ${reply} 0\r\n\r\n`)),
      publish,
    );
    let sid = 0;
    const subscribe = (list: string[], queue = ""): string[] =>
      list.map((subject) => `SUB ${subject} ${queue}${(sid += 1)}\r\n`);
    const hear = (subject: string): boolean => allowed.subscribe(subject);
    compare("subscribe", subjects, await deniedOf(subscribe(subjects)), hear);
    compare("subscribe in a queue", subjects, await deniedOf(subscribe(subjects, "storage ")), hear);
    compare("subscribe to many", wildcards, await deniedOf(subscribe(wildcards)), (subject) =>
      coversOnlyAllowed(subject, allowed),
    );
    t.true(raw.isOpen);
    raw.close();
  }
  t.log(
    `${everybody.length} credentials × ${subjects.length} subjects and ${wildcards.length} wildcards: ${checks} checks, ${allowedChecks} allowed`,
  );
  t.true(checks > 100_000);
});
