import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewayGrant, openBusAuthority } from "@jinshui/auth";
import { connectBus } from "@jinshui/bus";
import { authApi, workflowApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import { kernelFlags } from "../../../kernel/host/launch/workspace.mjs";
import { PROCESS, writeConfigs } from "./organisation.mjs";
import { openSql } from "./sql.mjs";

const PASSWORD = "jinshui-demo-2005";
const TIMEOUT_MS = 60_000;
/** An actor's token is good for a minute. */
const TOKEN_MS = 30_000;

/**
 * A whole kernel as a site runs it, with its nats-server, on a database; beside what people use over HTTP, `as` speaks over the bus as
 * the gateway does for them.
 * @param {string} url Of an empty database.
 */
export async function workflowSite(url) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-workflow-"));
  const configs = join(folder, "configs");
  await mkdir(join(configs, "bureaus"), { recursive: true });
  await writeConfigs(configs);
  const site = await TestSite.start({ configs, database: url, nodeArguments: [...kernelFlags, ...profiling()] });
  const authority = await openBusAuthority(join(site.data, "keys"));
  const credential = await authority.mint(gatewayGrant);
  const [, servers] = /listen: "([^"]+)"/.exec(await readFile(join(site.data, "nats", "nats.conf"), "utf8"));
  const bus = await connectBus({ servers, caller: "gateway", credentials: () => credential });
  const auth = bus.client(authApi, "wuhu");
  const workflow = bus.client(workflowApi, "wuhu");
  const people = new Map();

  const signedIn = async (username) => {
    const known = people.get(username) ?? {
      session: (await auth.signIn({ username, password: PASSWORD, address: "127.0.0.1" }, { timeoutMs: TIMEOUT_MS }))
        .session,
    };
    people.set(username, known);
    if (known.token === undefined || performance.now() - known.at > TOKEN_MS) {
      known.at = performance.now();
      known.token = auth
        .authenticate({ session: known.session, audience: "gateway" }, { timeoutMs: TIMEOUT_MS })
        .then(({ token }) => token);
    }
    return known.token;
  };
  /** Calls an operation of the workflow as a person. */
  const as = async (username, op, input) => {
    const call = { actor: await signedIn(username), timeoutMs: TIMEOUT_MS };
    return workflow[op](input, op === "tasks" ? call : { ...call, idempotencyKey: randomUUID() });
  };
  const { processes } = await as("administrator", "importDefinition", {
    xml: PROCESS,
    fileName: "bench.bpmn",
    commit: true,
  });
  return {
    url,
    site,
    as,
    signedIn,
    definition: processes[0].definition,
    sql: await openSql(url),
    async stop() {
      await this.sql.close();
      await bus.drain();
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `JINSHUI_BENCH_PROFILE=<folder>` has the kernel leave a profile of its processor time there. */
function profiling() {
  const folder = process.env.JINSHUI_BENCH_PROFILE;
  return folder ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
}
