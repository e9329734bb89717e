import { jwtAuthenticator } from "nats";
import { connect, type Socket } from "node:net";

/** A message as it stands on the wire. */
export interface RawMessage {
  subject: string;
  reply: string | undefined;
  /** Status line and headers, when it has some. */
  headers: string;
  body: string;
}

export interface RawConnectionOptions {
  /** e.g. `127.0.0.1:4222`. */
  server: string;
  credential?: { jwt: string; seed: string };
  name?: string;
}

const PATIENCE_MS = 5_000;

/** A client that sends the bus's protocol as it is told: for tests of what a server and our receivers refuse. */
export class RawConnection {
  readonly messages: RawMessage[] = [];
  /** Errors the server has sent, oldest first. */
  readonly errors: string[] = [];
  isOpen = true;
  #rest = Buffer.alloc(0);
  #pongs: (() => void)[] = [];
  #subscriptions = 0;
  #introduced: (() => void) | undefined;

  private constructor(
    readonly socket: Socket,
    readonly options: RawConnectionOptions,
  ) {
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isOpen = false;
      for (const done of this.#pongs.splice(0)) done();
    });
  }

  /** Connects and presents the credential. Throws with the server's own words when it refuses. */
  static async open(options: RawConnectionOptions): Promise<RawConnection> {
    const [host = "", port = ""] = options.server.split(":");
    const socket = connect(Number(port), host);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const raw = new RawConnection(socket, options);
    await new Promise<void>((resolve) => {
      raw.#introduced = resolve;
      socket.once("close", resolve);
    });
    await raw.roundTrip();
    if (!raw.isOpen || raw.errors.length > 0) {
      socket.destroy();
      throw new Error(raw.errors[0] ?? "the server closed the connection");
    }
    return raw;
  }

  /** Sends what it is given, and returns the errors it got for it. */
  async send(protocol: string | Buffer): Promise<string[]> {
    const before = this.errors.length;
    this.socket.write(protocol);
    await this.roundTrip();
    return this.errors.slice(before);
  }

  publish(subject: string, body = "", reply = ""): Promise<string[]> {
    return this.send(`PUB ${subject} ${reply === "" ? "" : `${reply} `}${Buffer.byteLength(body)}\r\n${body}\r\n`);
  }

  subscribe(subject: string, queue = ""): Promise<string[]> {
    return this.send(`SUB ${subject} ${queue === "" ? "" : `${queue} `}${(this.#subscriptions += 1)}\r\n`);
  }

  /** Resolves when the server has seen everything sent so far, or has closed the connection. */
  async roundTrip(): Promise<void> {
    if (!this.isOpen) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      this.#pongs.push(() => (clearTimeout(timer), resolve()));
      this.socket.write("PING\r\n");
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end < 0) return;
      const words = this.#rest.subarray(0, end).toString().split(" ");
      const isMessage = words[0] === "MSG" || words[0] === "HMSG";
      const size = isMessage ? Number(words.at(-1)) + 2 : 0;
      const whole = end + 2 + size;
      if (this.#rest.length < whole) return;
      const payload = this.#rest.subarray(end + 2, whole - (isMessage ? 2 : 0));
      this.#rest = this.#rest.subarray(whole);
      if (isMessage) this.#take(words, payload);
      else this.#control(words);
    }
  }

  #take(words: string[], payload: Buffer): void {
    const sizes = words[0] === "HMSG" ? 2 : 1;
    const headerBytes = sizes === 2 ? Number(words.at(-2)) : 0;
    this.messages.push({
      subject: words[1] ?? "",
      reply: words.length - sizes === 4 ? words[3] : undefined,
      headers: payload.subarray(0, headerBytes).toString(),
      body: payload.subarray(headerBytes).toString(),
    });
  }

  #control([verb, ...rest]: string[]): void {
    if (verb === "INFO") this.#introduce(JSON.parse(rest.join(" ")) as { nonce?: string });
    else if (verb === "PING") this.socket.write("PONG\r\n");
    else if (verb === "PONG") this.#pongs.shift()?.();
    else if (verb === "-ERR") this.errors.push(rest.join(" "));
  }

  #introduce({ nonce }: { nonce?: string }): void {
    if (!this.#introduced) return; // a server tells about itself again when its cluster changes
    const { credential, name = "raw" } = this.options;
    const proof = credential
      ? jwtAuthenticator(credential.jwt, new TextEncoder().encode(credential.seed))(nonce ?? "")
      : {};
    const facts = { verbose: false, pedantic: false, headers: true, no_responders: true, lang: "raw", name, ...proof };
    this.socket.write(`CONNECT ${JSON.stringify(facts)}\r\n`);
    this.#introduced();
    this.#introduced = undefined;
  }
}
