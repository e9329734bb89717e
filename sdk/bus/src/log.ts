/** What this package needs of a logger; pino fits. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const nothing = (): void => undefined;
/** Says nothing. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
