import type { Log } from "@jinshui/bus";
import { existsSync, renameSync, statSync } from "node:fs";
import { pino } from "pino";

const MAX_BYTES = 20 * 1024 * 1024;

/** JSON lines in a file; warnings also as short lines for whoever watches the console. */
export function openLog(file: string, toConsole: boolean): Log {
  if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
  const logger = pino(
    {
      level: process.env["JINSHUI_LOG"] ?? "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["*.password", "*.session", "*.token", "*.seed", "*.jwt"],
    },
    pino.destination({ dest: file, sync: true, mkdir: true }),
  );
  const speak = (level: "warn" | "error", facts: object, message: string): void => {
    if (!toConsole) return;
    const { err, error, plugin } = facts as { err?: Error; error?: unknown; plugin?: string };
    const reason = err?.message ?? (error === undefined ? "" : String(error));
    process.stderr.write(
      `  ${level === "warn" ? "!" : "✗"} ${plugin === undefined ? "" : `${plugin}: `}${message}${reason === "" ? "" : ` (${reason.slice(0, 200)})`}\n`,
    );
  };
  return {
    debug: (facts, message) => logger.debug(facts, message),
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => (logger.warn(facts, message), speak("warn", facts, message)),
    error: (facts, message) => (logger.error(facts, message), speak("error", facts, message)),
  };
}
