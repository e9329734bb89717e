import { execFile, spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Lets processes of plugins reach the bus and nothing else, by the user they run as: rules of nftables in a table of our own. */
export class Firewall {
  readonly #users = new Set<number>();

  private constructor(
    readonly table: string,
    readonly bus: { address: string; port: number }[],
  ) {}

  /** Makes the table. Throws with the reason when there can't be one. */
  static async open(name: string, servers: string): Promise<Firewall> {
    const bus = await Promise.all(servers.split(",").map(resolved));
    const firewall = new Firewall(`inet jinshui_${name}`, bus);
    // a table left by a kernel that was killed goes first
    await load(`
      add table ${firewall.table}
      delete table ${firewall.table}
      add table ${firewall.table}
      add chain ${firewall.table} output { type filter hook output priority 0; policy accept; }`);
    return firewall;
  }

  /** Confines a user; resolves when it holds. */
  async confine(user: number): Promise<void> {
    if (this.#users.has(user)) return;
    const rule = `add rule ${this.table} output meta skuid ${user}`;
    await load(`
      add counter ${this.table} u${user}
      ${this.bus.map(({ address, port }) => `${rule} ${isIPv6(address) ? "ip6" : "ip"} daddr ${address} tcp dport ${port} accept`).join("\n")}
      ${rule} counter name u${user} reject`);
    this.#users.add(user);
  }

  /** Packets refused by user, since the start. */
  async refused(): Promise<Map<number, number>> {
    const { stdout } = await run("nft", ["-j", "list", "counters", "table", ...this.table.split(" ")]);
    const { nftables } = JSON.parse(stdout) as { nftables: { counter?: { name: string; packets: number } }[] };
    return new Map(
      nftables.flatMap(({ counter }) => (counter ? [[Number(counter.name.slice(1)), counter.packets] as const] : [])),
    );
  }

  async close(): Promise<void> {
    await load(`delete table ${this.table}`);
  }
}

async function resolved(server: string): Promise<{ address: string; port: number }> {
  const { hostname, port } = new URL(server.includes("://") ? server : `nats://${server}`);
  const { address } = await lookup(hostname.replace(/^\[|\]$/g, ""));
  return { address, port: Number(port === "" ? 4222 : port) };
}

function load(rules: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("nft", ["-f", "-"], { stdio: ["pipe", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", () => reject(new Error("nft is not installed")));
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`nft: ${said.split("\n")[0] ?? `code ${code}`}`)),
    );
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${rules}\n`);
  });
}
