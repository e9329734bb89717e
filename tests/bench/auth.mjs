import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openAuth } from "@jinshui/auth";
import { silent } from "@jinshui/bus";
import { AuditTrail, openDatabase } from "@jinshui/storage";
import { verify, hash } from "@node-rs/argon2";
import { cpuMs, table } from "./harness.mjs";

/**
 * `npm run bench:auth -- [mysql://…]`: fifty people who sign in at the same moment, one after the other for comparison, what a
 * password hash costs alone, a session turned into a token, and the question whether somebody may do something. SQLite when no
 * database is named.
 */
const AT_ONCE = 50;
const ROUNDS = 6;
const CHECKS = 1_000_000;
const PASSWORD = "Kuai3-Shan7-Mo9x-Teng";

const text = (title) => ({ "zh-CN": title });
const config = {
  site: {
    site: { id: "bench", title: text("测试") },
    positions: { clerk: { title: text("科员"), permissions: ["site.instances"] } },
    plugins: [],
  },
  bureaus: [{ bureau: "wuhu", title: text("芜湖"), departments: [{ id: "levy", title: text("征管科") }], plugins: {} }],
  demo: {
    password: PASSWORD,
    people: Array.from({ length: AT_ONCE }, (_, index) => ({
      username: `person${index}`,
      name: `人员${index}`,
      bureau: "wuhu",
      department: "levy",
      positions: [{ position: "clerk" }],
    })),
  },
};

async function timed(work) {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}

function percentile(times, share) {
  return times.toSorted((one, other) => one - other)[Math.ceil(times.length * share) - 1];
}

/** Times of each call, when so many go on at the same moment, of the best round after a warm-up. */
async function wave(width, call) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedCpu = cpuMs();
    const started = performance.now();
    const times = await Promise.all(Array.from({ length: width }, (_, index) => timed(() => call(index))));
    const all = { ms: performance.now() - started, cpu: cpuMs() - startedCpu, times: times.map(({ ms }) => ms) };
    if (round > 0) rounds.push(all);
  }
  const best = rounds.toSorted((one, other) => one.ms - other.ms)[0];
  const median = rounds.toSorted((one, other) => one.ms - other.ms)[Math.floor(rounds.length / 2)];
  return [percentile(best.times, 0.5), percentile(best.times, 0.95), percentile(median.times, 0.95), best.cpu / width];
}

async function main([url]) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
  const database = await openDatabase(url ?? `sqlite:${join(folder, "site.sqlite")}`);
  try {
    const trail = new AuditTrail(database, silent);
    const auth = await openAuth({ database, trail, config, keysFolder: join(folder, "keys") });
    const signIn = (index) =>
      auth.handlers.signIn({ username: `person${index}`, password: PASSWORD, address: `10.0.0.${index}` }, {});
    const { session } = await signIn(0);
    const stored = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const authenticate = () => auth.handlers.authenticate({ session, audience: "gateway" }, {});
    console.log(`${availableParallelism()} processors (${cpus()[0]?.model}), load ${loadavg()[0].toFixed(1)}\n`);
    console.log(
      table(
        ["ms", "p50", "p95", "p95, median round", "processor, each"],
        [
          ["password hash alone", ...(await wave(1, () => verify(stored, PASSWORD)))],
          [`password hashes, ${AT_ONCE} at once`, ...(await wave(AT_ONCE, () => verify(stored, PASSWORD)))],
          ["sign-in alone", ...(await wave(1, signIn))],
          [`sign-in, ${AT_ONCE} at once`, ...(await wave(AT_ONCE, signIn))],
          ["session to token", ...(await wave(1, authenticate))],
        ],
      ),
    );
    const person = await auth.organisation.known((await authenticate()).profile.id);
    const actor = auth.access.actor(person);
    const checks = [];
    let allowed = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const started = cpuMs();
      for (let index = 0; index < CHECKS; index += 1) allowed += Number(auth.access.check(actor, "site.instances"));
      checks.push((cpuMs() - started) / CHECKS);
    }
    console.log(`\ncheck: ${(Math.min(...checks) * 1_000).toFixed(3)} µs (${allowed} of ${ROUNDS * CHECKS} allowed)`);
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
