#!/usr/bin/env node
import { spawn } from "node:child_process";
import { root } from "../kernel/host/launch/workspace.mjs";

/** `npm run chaos:storage [-- ROUNDS [SEED]]`: the fault tests of storage, many times over; 20 rounds take about a quarter of an hour. */
const [rounds = "20", seed] = process.argv.slice(2);
const child = spawn("pnpm", ["exec", "ava", "--timeout=24h", "tests/src/faults/storage-*.test.ts"], {
  cwd: root,
  env: {
    ...process.env,
    JINSHUI_CHAOS_ROUNDS: rounds,
    ...(seed === undefined ? {} : { JINSHUI_CHAOS_SEED: seed }),
  },
  stdio: "inherit",
});
child.once("exit", (code) => (process.exitCode = code ?? 1));
