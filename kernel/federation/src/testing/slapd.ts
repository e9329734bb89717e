import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const BASE_DN = "dc=wuhu,dc=example";
export const SERVICE = { dn: `cn=service,${BASE_DN}`, password: "service-password-of-the-test" };

/** Somebody in the directory. */
export interface SlapdEntry {
  uid: string;
  name: string;
  password: string;
  /** Organisational unit; `people` when absent. */
  unit?: string;
}

/** OpenLDAP's server as a child process with a folder of its own, on a free port of this machine. */
export class Slapd {
  #child: ChildProcess | undefined;

  private constructor(
    readonly program: string,
    readonly folder: string,
    readonly port: number,
    readonly tlsPort: number,
  ) {}

  /** Starts it with some entries; nothing where it is not installed. */
  static async start(entries: readonly SlapdEntry[]): Promise<Slapd | undefined> {
    const program = [process.env["JINSHUI_SLAPD"] ?? "", "/usr/sbin/slapd"].find(
      (path) => path !== "" && existsSync(path),
    );
    if (program === undefined) return undefined;
    const folder = await mkdtemp(join(tmpdir(), "jinshui-slapd-"));
    const slapd = new Slapd(program, folder, await freePort(), await freePort());
    await mkdir(join(folder, "data"));
    await run(process.env["JINSHUI_OPENSSL"] ?? "openssl", [
      ...CERTIFICATE,
      "-keyout",
      join(folder, "key.pem"),
      "-out",
      slapd.certificate,
    ]);
    await writeFile(join(folder, "slapd.conf"), configuration(folder));
    await writeFile(join(folder, "entries.ldif"), ldif(entries));
    await run(program, ["-T", "add", "-f", join(folder, "slapd.conf"), "-l", join(folder, "entries.ldif")]);
    await slapd.resume();
    return slapd;
  }

  get url(): string {
    return `ldap://127.0.0.1:${this.port}`;
  }

  /** With TLS from the beginning; its certificate is for localhost. */
  get tlsUrl(): string {
    return `ldaps://localhost:${this.tlsPort}`;
  }

  /** File with its certificate, which is its own authority. */
  get certificate(): string {
    return join(this.folder, "certificate.pem");
  }

  /** Starts it again on its data. */
  async resume(): Promise<void> {
    // -d keeps it in the foreground: a child of ours
    const args = [
      "-f",
      join(this.folder, "slapd.conf"),
      "-h",
      `${this.url} ldaps://127.0.0.1:${this.tlsPort}`,
      "-d",
      "0",
    ];
    this.#child = spawn(this.program, args, { stdio: "ignore" });
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) if (await answers(this.port)) return;
    throw new Error("slapd did not listen in time");
  }

  /** Ends it; the data stays. */
  async pause(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function run(program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code}: ${said}`));
    });
  });
}

const CERTIFICATE =
  "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(" ");

function configuration(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile ${folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
allow bind_anon_dn
TLSCertificateFile ${folder}/certificate.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
suffix "${BASE_DN}"
rootdn "cn=admin,${BASE_DN}"
directory ${folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${SERVICE.dn}" read by * none
`;
}

function ldif(entries: readonly SlapdEntry[]): string {
  const units = new Set(["people", ...entries.map(({ unit = "people" }) => unit)]);
  return [
    `dn: ${BASE_DN}\nobjectClass: dcObject\nobjectClass: organization\no: wuhu\ndc: wuhu`,
    `dn: ${SERVICE.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: service\nuserPassword: ${SERVICE.password}`,
    ...[...units].map((unit) => `dn: ou=${unit},${BASE_DN}\nobjectClass: organizationalUnit\nou: ${unit}`),
    ...entries.map(({ uid, name, password, unit = "people" }) =>
      [
        `dn: uid=${uid},ou=${unit},${BASE_DN}`,
        "objectClass: inetOrgPerson",
        `uid: ${uid}`,
        ...["cn", "sn", "displayName"].map((attribute) => `${attribute}:: ${Buffer.from(name).toString("base64")}`),
        `employeeNumber: E-${uid}`,
        `userPassword: ${password}`,
      ].join("\n"),
    ),
    "",
  ].join("\n\n");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
