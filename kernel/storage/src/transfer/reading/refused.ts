import { isJinshuiError, JinshuiError } from "@jinshui/contracts";

/** Why a file can't be imported as a whole; `reason` is the key of the text that people read. */
export function unreadable(
  name: string,
  reason: string,
  facts: Record<string, unknown> = {},
  cause?: unknown,
): JinshuiError {
  const said = cause instanceof Error ? `: ${cause.message}` : "";
  return new JinshuiError("invalid-file", `${name} can't be read (${reason})${said}`, {
    details: { name, reason, ...facts },
    cause,
  });
}

/** @throws JinshuiError: the error itself when it is ours, otherwise that the file is none that can be read. */
export function asUnreadable(name: string, reason: string): (error: unknown) => never {
  return (error) => {
    if (isJinshuiError(error)) throw error;
    // what the disk says is no fault of the file
    if (error instanceof Error && "syscall" in error) throw error;
    throw unreadable(name, reason, {}, error);
  };
}

export function tooLarge(name: string, what: string, limit: number): JinshuiError {
  return new JinshuiError("too-large", `${name} has more than ${limit} ${what}`, { details: { name, what, limit } });
}
