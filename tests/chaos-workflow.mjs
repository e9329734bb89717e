#!/usr/bin/env node
import { spawn } from "node:child_process";
import { root } from "../kernel/host/launch/workspace.mjs";

/** `npm run chaos:workflow [-- SECONDS [SEED]]`: people work while everything is killed, on each database for so long; ten minutes each when absent. */
const [seconds = "600", seed] = process.argv.slice(2);
const child = spawn("pnpm", ["exec", "ava", "--timeout=24h", "tests/src/chaos/workflow.test.ts"], {
  cwd: root,
  env: {
    ...process.env,
    JINSHUI_CHAOS_SECONDS: seconds,
    ...(seed === undefined ? {} : { JINSHUI_CHAOS_SEED: seed }),
  },
  stdio: "inherit",
});
child.once("exit", (code) => (process.exitCode = code ?? 1));
