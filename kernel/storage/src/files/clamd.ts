import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a scanner says: the virus it found, nothing, or that the content is more than it takes. */
export type Verdict = { found: string } | "clean" | "too-large";

/** Looks for viruses in a content; throws when it can't be asked. */
export type Scan = (content: AsyncIterable<Buffer>) => Promise<Verdict>;

const IDLE_MS = 120_000;
/** No clamd is set up to take less than this. */
const LEAST_LIMIT_BYTES = 1024 * 1024;

/**
 * A scanner that asks clamd, over its socket or `host:port`, by the INSTREAM command: a length of four bytes before each
 * part, a length of zero at the end, one line as the answer (clamd(8), "COMMANDS").
 */
export function clamd(address: string): Scan {
  return async (content) => {
    const socket = await connected(address);
    const answer = answerOf(socket);
    let sent = 0;
    try {
      socket.write("zINSTREAM\0");
      for await (const part of content) {
        if (socket.destroyed || !socket.writable) break;
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        socket.write(length);
        if (!socket.write(part)) await Promise.race([once(socket, "drain"), answer]).catch(() => undefined);
        sent += part.length;
      }
      if (socket.writable) socket.write(Buffer.alloc(4));
      return verdictOf(await answer);
    } catch (error) {
      // it hangs up on what is more than it takes, and what it said is lost with what it left unread
      if (sent > LEAST_LIMIT_BYTES && isHangUp(error) && (await answersPing(address))) return "too-large";
      throw error;
    } finally {
      socket.destroy();
    }
  };
}

function isHangUp(error: unknown): boolean {
  return ["EPIPE", "ECONNRESET"].includes((error as NodeJS.ErrnoException).code ?? "") || error instanceof HungUp;
}

async function answersPing(address: string): Promise<boolean> {
  try {
    const socket = await connected(address);
    const answer = answerOf(socket);
    socket.write("zPING\0");
    return (await answer.finally(() => socket.destroy())).startsWith("PONG");
  } catch {
    return false;
  }
}

class HungUp extends Error {}

async function connected(address: string): Promise<Socket> {
  const [, host = "", port = ""] = /^\[?([^/]+?)\]?:(\d+)$/.exec(address) ?? [];
  const socket = port === "" ? connect(address) : connect(Number(port), host);
  socket.setTimeout(IDLE_MS, () => socket.destroy(new Error(`clamd at ${address} does not answer`)));
  await once(socket, "connect");
  return socket;
}

function answerOf(socket: Socket): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
      if (text.includes("\0")) resolve(text);
    });
    socket.on("error", (error) => (text === "" ? reject(error) : resolve(text)));
    socket.on("close", () => (text === "" ? reject(new HungUp("clamd hung up without an answer")) : resolve(text)));
  });
  // it may come while the content is still being sent, and is looked at only then
  answer.catch(() => undefined);
  return answer;
}

function verdictOf(answer: string): Verdict {
  const text = answer
    .replace(/\0.*$/s, "")
    .replace(/^stream: /, "")
    .trim();
  if (text === "OK") return "clean";
  if (text.endsWith(" FOUND")) return { found: text.slice(0, -" FOUND".length) };
  if (/size limit exceeded/i.test(text)) return "too-large";
  throw new Error(`clamd answered "${text.slice(0, 200)}"`);
}
