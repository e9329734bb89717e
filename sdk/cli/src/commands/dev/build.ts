import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import type { Change } from "./changes.js";

/** What a build step said when it failed. */
export interface FailedStep {
  program: string;
  output: string;
}

/** Builds what has changed: service and page side by side. @returns Steps that failed; empty when all is built. */
export async function build(folder: string, changes: ReadonlySet<Change>): Promise<FailedStep[]> {
  const lines: [string, string[]][][] = [
    ...(changes.has("service") ? [[["tsc", ["-b"]] as [string, string[]]]] : []),
    ...(changes.has("page")
      ? [
          [
            ["tsc", ["-b", "web"]],
            ["vite", ["build"]],
          ] as [string, string[]][],
        ]
      : []),
  ];
  const failed = await Promise.all(
    lines.map(async (steps) => {
      for (const [program, args] of steps) {
        const { code, output } = await run(program, args, folder);
        if (code !== 0) return [{ program, output }];
      }
      return [];
    }),
  );
  return failed.flat();
}

/** Programs are those of the plugin, or of the checkout around it. */
function run(program: string, args: string[], folder: string): Promise<{ code: number | null; output: string }> {
  const places: string[] = [];
  for (let place = folder; place !== dirname(place); place = dirname(place))
    places.push(join(place, "node_modules/.bin"));
  const PATH = [...places, process.env["PATH"] ?? ""].join(delimiter);
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error) => done({ code: -1, output: error.message }));
    child.once("close", (code) => done({ code, output }));
  });
}
