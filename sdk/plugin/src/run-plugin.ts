import "reflect-metadata";
import { createInterface } from "node:readline";
import { pino } from "pino";
import { PluginHost } from "./plugin-host.js";

interface Credential {
  jwt: string;
  seed: string;
}

/** A line of standard input; the first one has them all, the credential only where the bus asks for one. */
interface Told {
  servers?: string;
  bureaus?: string[];
  credential?: Credential;
}

/**
 * Runs a plugin's service class: the last line of its main module. The supervisor writes JSON lines to standard input: first
 * the bus address, bureaus and credential, later renewed credentials. When the input closes, the plugin ends.
 */
export async function runPlugin(service: new (...args: never[]) => object): Promise<void> {
  const log = pino({ level: "info", base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const lines = createInterface({ input: process.stdin });
  let credential: Credential | undefined;
  const first = new Promise<Required<Omit<Told, "credential">>>((resolve) => {
    lines.on("line", (line) => {
      const told = JSON.parse(line) as Told;
      credential = told.credential ?? credential;
      if (told.servers !== undefined) resolve({ servers: told.servers, bureaus: told.bureaus ?? [] });
    });
  });
  let host: PluginHost | undefined;
  const end = (): void => {
    setTimeout(() => process.exit(1), 5_000).unref();
    void (host?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
  };
  lines.on("close", end);
  process.on("SIGTERM", end);
  process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the supervisor says when to stop
  process.on("unhandledRejection", (err) => log.error({ err }, "unhandled rejection"));
  const { servers, bureaus } = await first;
  try {
    host = await PluginHost.start(service, {
      servers,
      bureaus,
      folder: process.cwd(),
      log,
      ...(credential ? { credentials: () => credential as Credential } : {}),
    });
  } catch (error) {
    log.error({ err: error }, "error: the plugin could not start");
    process.exit(1);
  }
}
