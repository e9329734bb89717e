import { spawn, spawnSync } from "node:child_process";
import { LaunchError } from "./report.mjs";
import { root } from "./workspace.mjs";

/** Ctrl-C reaches us from the terminal and again through npm; both within this time are one wish. */
const SAME_WISH_MS = 400;

/**
 * Runs a program to its end in the root folder.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] `quiet` shows the output only when it fails.
 * @throws {LaunchError} when it can't start or ends with another code than 0.
 */
export async function run(command, args, { env = process.env, quiet = false } = {}) {
  // What we start may talk, but on stderr: stdout belongs to the program that is launched.
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", quiet ? "pipe" : 2, quiet ? "pipe" : 2] });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const { code, signal, error } = await ended(child);
  if (code === 0) return;
  if (output) process.stderr.write(output);
  throw new LaunchError(`${command} ${args.join(" ")} → ${error?.message ?? signal ?? `exit ${code}`}`);
}

/**
 * The first line a program prints, or undefined when it is not there or fails.
 * @param {string} command
 * @param {string[]} args
 */
export function firstLine(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8", timeout: 20_000 });
  return status === 0 ? stdout.trim().split("\n")[0] : undefined;
}

/**
 * Runs a long-lived program with our own input and output, hands signals on and waits for its end.
 * It gets a process group of its own: a terminal's Ctrl-C then comes once, through us, and means "drain".
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code, as a shell would report it.
 */
export async function supervise(command, args, env) {
  const child = spawn(command, args, { cwd: process.cwd(), env, stdio: "inherit", detached: true });
  let lastMs = -Infinity;
  for (const [received, sent] of Object.entries({ SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGTERM" })) {
    process.on(received, () => {
      if (performance.now() - lastMs < SAME_WISH_MS) return;
      lastMs = performance.now();
      child.kill(sent);
    });
  }
  const { code, signal, error } = await ended(child);
  if (error) throw new LaunchError(`${command}: ${error.message}`);
  return code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1);
}

function ended(child) {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}
