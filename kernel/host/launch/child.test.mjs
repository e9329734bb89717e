import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "ava";
import { run } from "./child.mjs";
import { LaunchError } from "./report.mjs";

const CHILD_MODULE = new URL("child.mjs", import.meta.url).href;

/** A launcher in a process of its own, whose child counts signals for a moment and then leaves with 7. */
function launch() {
  const child = `
    let seen = 0;
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { seen += 1; console.log(signal); });
    setInterval(() => seen > 0 && setTimeout(() => process.exit(7), 300), 20);
    console.log("up");`;
  const launcher = `
    const { supervise } = await import(${JSON.stringify(CHILD_MODULE)});
    process.exitCode = await supervise(process.execPath, ["-e", ${JSON.stringify(child)}], process.env);`;
  return spawn(process.execPath, ["--input-type=module", "-e", launcher], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
}

async function outputOf(launcher, afterUp) {
  let output = "";
  launcher.stdout.on("data", (chunk) => {
    output += chunk;
    if (String(chunk).includes("up")) afterUp();
  });
  const [code] = await once(launcher, "close");
  return { lines: output.trim().split("\n"), code };
}

test("a Ctrl-C that comes from the terminal and again through npm reaches the child once, and its exit code is ours", async (t) => {
  const launcher = launch();
  const { lines, code } = await outputOf(launcher, () => {
    process.kill(-launcher.pid, "SIGINT");
    setTimeout(() => launcher.kill("SIGINT"), 50);
  });
  t.deepEqual(lines, ["up", "SIGINT"]);
  t.is(code, 7);
});

test("a closed terminal lets the child drain like a request to end", async (t) => {
  const launcher = launch();
  const { lines, code } = await outputOf(launcher, () => launcher.kill("SIGHUP"));
  t.deepEqual(lines, ["up", "SIGTERM"]);
  t.is(code, 7);
});

test("a step that fails names the command and how it ended", async (t) => {
  await t.throwsAsync(run(process.execPath, ["-e", "process.exit(3)"]), {
    instanceOf: LaunchError,
    message: /exit 3$/,
  });
  await t.throwsAsync(run("/no/such/program", ["now"]), {
    instanceOf: LaunchError,
    message: /\/no\/such\/program now → .*ENOENT/,
  });
});
