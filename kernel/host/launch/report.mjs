/** A fault the operator can mend: printed as it is, without a stack. */
export class LaunchError extends Error {
  name = "LaunchError";
}

/**
 * Prints one step of the launch on stderr, so that stdout carries only what the started program says.
 * @param {string} text Chinese first, then English.
 */
export function report(text) {
  process.stderr.write(`金税 ▸ ${text}\n`);
}

/**
 * Prints the fault and chooses the exit code; anything but a LaunchError is a defect of ours and keeps its stack.
 * @param {unknown} fault
 */
export function fail(fault) {
  process.stderr.write(
    fault instanceof LaunchError ? `金税 ✗ ${fault.message}\n` : `${String(fault?.stack ?? fault)}\n`,
  );
  process.exitCode = 1;
}
