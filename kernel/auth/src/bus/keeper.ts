import { type ConnectionNotice, connectSystem, type Log, type SystemBus } from "@jinshui/bus";
import type { BusAuthority } from "./authority.js";

export interface BusKeeperOptions {
  authority: BusAuthority;
  servers: string;
  log: Log;
  /** Keeps the accounts where a server reads them when it starts. */
  keep: (config: string) => Promise<void>;
}

/** Sees to it that the running servers know what the authority has taken back. */
export interface BusKeeper {
  /**
   * Takes credentials back and resolves when the server has ended their connections. While the bus is away that is when it comes
   * back: it then starts from the configuration kept here.
   */
  revoke(ids: readonly string[]): Promise<void>;
  onConnections(listener: (notice: ConnectionNotice) => void): void;
  close(): Promise<void>;
}

/** Opens the keeper's own connection and tells the server what holds now. */
export async function openBusKeeper(options: BusKeeperOptions): Promise<BusKeeper> {
  const { authority, servers, log } = options;
  const system = await connectSystem({ servers, credential: await authority.mintSystem(), log });
  const keeper = new Keeper(options, system);
  await system.updateAccount(authority.account, await authority.accountClaims());
  system.onReconnect(() => void keeper.tell());
  return keeper;
}

class Keeper implements BusKeeper {
  #turn: Promise<void> = Promise.resolve();

  constructor(
    readonly options: BusKeeperOptions,
    readonly system: SystemBus,
  ) {}

  async revoke(ids: readonly string[]): Promise<void> {
    this.options.authority.revoke(ids);
    await this.tell();
  }

  /** One at a time, so that no older claims come last. */
  tell(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const { authority, keep, log } = this.options;
      try {
        await keep(await authority.serverConfig());
        await this.system.updateAccount(authority.account, await authority.accountClaims());
      } catch (error) {
        log.warn({ error: String(error) }, "the bus does not know yet which credentials were taken back");
      }
    });
    return this.#turn;
  }

  onConnections(listener: (notice: ConnectionNotice) => void): void {
    this.system.onConnections(this.options.authority.account, listener);
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.system.close();
  }
}
