import { JinshuiError } from "@jinshui/contracts";
import { connect, type NatsConnection } from "nats";
import { type Log, silent } from "./log.js";
import { authenticatorOf } from "./nkey.js";

/** A connection to the bus that has come or gone. */
export interface ConnectionNotice {
  kind: "connect" | "disconnect";
  /** Number of the connection at its server. */
  connection: number;
  server: string;
  /** Public key of its credential. */
  credential: string;
  /** Why it has gone, in the server's words. */
  reason?: string;
}

/** The server's own account: its claims are exchanged there, and it tells of connections. */
export interface SystemBus {
  /** Gives the servers an account's claims anew; connections of credentials revoked in them are ended at once. */
  updateAccount(account: string, claims: string): Promise<void>;
  /** Hears of every connection of an account that comes or goes. */
  onConnections(account: string, listener: (notice: ConnectionNotice) => void): void;
  /** Called after every reconnect: a server that was started again knows only its configuration. */
  onReconnect(listener: () => void): void;
  close(): Promise<void>;
}

const UPDATE_MS = 2_000;

/** Connects to the server's own account. Throws `unavailable` when the server can't be reached now. */
export async function connectSystem(options: {
  servers: string | string[];
  credential: { jwt: string; seed: string };
  log?: Log;
}): Promise<SystemBus> {
  const { servers, credential, log = silent } = options;
  try {
    const connection = await connect({
      servers,
      name: "authority",
      inboxPrefix: "_INBOX_authority",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      ignoreAuthErrorAbort: true,
      authenticator: authenticatorOf(() => credential),
    });
    return new NatsSystemBus(connection, log);
  } catch (cause) {
    throw new JinshuiError("unavailable", `No bus at ${String(servers)}: ${String(cause)}`, { cause });
  }
}

class NatsSystemBus implements SystemBus {
  constructor(
    readonly connection: NatsConnection,
    readonly log: Log,
  ) {}

  async updateAccount(account: string, claims: string): Promise<void> {
    const answer = await this.connection.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.UPDATE`, claims, {
      timeout: UPDATE_MS,
    });
    const { error } = answer.json<{ error?: { description?: string } }>();
    if (error) throw new JinshuiError("internal", `The bus does not take the account: ${error.description ?? ""}`);
  }

  onConnections(account: string, listener: (notice: ConnectionNotice) => void): void {
    for (const kind of ["connect", "disconnect"] as const)
      this.connection.subscribe(`$SYS.ACCOUNT.${account}.${kind.toUpperCase()}`, {
        callback: (error, message) => {
          if (error) {
            this.log.error({ error: error.message }, "connections are not heard of");
            return;
          }
          const { client, server, reason } = message.json<{
            client: { id: number; user?: string };
            server: { id: string };
            reason?: string;
          }>();
          listener({
            kind,
            connection: client.id,
            server: server.id,
            credential: client.user ?? "",
            ...(reason === undefined ? {} : { reason }),
          });
        },
      });
  }

  onReconnect(listener: () => void): void {
    void (async () => {
      for await (const { type } of this.connection.status()) if (String(type) === "reconnect") listener();
    })();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
