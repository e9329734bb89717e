import { supervisorApi } from "@jinshui/contracts";
import { TestSite, until } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../site-files.js";
import { command, folderFor, following, linkModules, run } from "./own-folder.js";

/** A block of the tutorial: commands, a whole file, or the value of one part of package.json. */
interface Block {
  language: string;
  file?: string;
  part?: string;
  text: string;
}

function blocksOf(document: string): Block[] {
  const pattern = /(?:^`([\w./-]+)`(?: `([\w.]+)`)?\n)?^```(\w+)\n([\s\S]*?)^```$/gm;
  return [...document.matchAll(pattern)].map(([, file, part, language = "", text = ""]) => ({
    language,
    text,
    ...(file === undefined ? {} : { file }),
    ...(part === undefined ? {} : { part }),
  }));
}

/** Somebody who does what the tutorial says, word by word. */
class Reader {
  #dev: { said: () => string } | undefined;
  site: TestSite | undefined;
  readonly done: string[] = [];

  constructor(
    readonly t: ExecutionContext,
    readonly folder: string,
  ) {}

  async follow({ language, file, part, text }: Block): Promise<void> {
    if (language === "sh") for (const line of text.trim().split("\n")) await this.#type(line);
    else if (file === undefined) throw new Error(`a block of ${language} names no file:\n${text}`);
    else await this.#write(file, part, text);
  }

  async #type(line: string): Promise<void> {
    this.done.push(line);
    const [program = "", ...words] = line.replaceAll("../car-pool", this.folder).split(" ");
    const jinshui = /^npm run jinshui -- (\S+)/.exec(line)?.[1];
    if (jinshui === "dev") return this.#develop(words.slice(4));
    if (jinshui !== undefined) return this.#succeed(line, await command(...words.slice(3)));
    if (line === "npm start -- --plugins ../car-pool") {
      this.site = await TestSite.start({ plugins: [this.folder] });
      this.t.teardown(() => this.site?.stop());
      return;
    }
    // npm itself is what another test tries
    if (line === "npm install") return linkModules(this.folder);
    if (line === "npm test") return this.#succeed(line, await run("npm", ["test"], this.folder));
    if (program === "rm") for (const path of words) await rm(join(this.folder, path));
    else if (line !== "cd ../car-pool")
      throw new Error(`the tutorial has a command that this test does not know: ${line}`);
  }

  #succeed(line: string, { code, output }: { code: number; output: string }): void {
    this.t.is(code, 0, `${line}\n${output}\n${this.#dev?.said() ?? ""}`);
  }

  async #develop(args: string[]): Promise<void> {
    const dev = following(this.t, "dev", ...args, "--site", this.site?.url ?? "");
    this.#dev = dev;
    await until(() => dev.said().includes("watching"), 40_000).catch((cause: unknown) => {
      throw new Error(dev.said(), { cause });
    });
  }

  async #write(file: string, part: string | undefined, text: string): Promise<void> {
    const path = join(this.folder, file);
    let whole = text;
    if (part !== undefined) {
      const json = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
      const names = part.split(".");
      const last = names.pop() ?? "";
      const holder = names.reduce((object, name) => object[name] as Record<string, unknown>, json);
      holder[last] = JSON.parse(text);
      whole = JSON.stringify(json, undefined, 2);
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, whole);
  }

  /** What the command that watches has said. */
  said(): string {
    return this.#dev?.said() ?? "";
  }
}

const tutorial = (name: string): Block[] => blocksOf(readFileSync(join(root, "docs", name), "utf8"));

test("who does what the tutorial says has a plugin that runs, passes its tests, fits and is packed", async (t) => {
  t.timeout(300_000);
  const folder = await folderFor(t);
  const reader = new Reader(t, folder);
  const blocks = tutorial("tutorial-first-plugin.md");
  t.true(blocks.length >= 15);
  for (const block of blocks) await reader.follow(block);
  t.true(existsSync(join(folder, "car-pool-0.1.0.tgz")));
  t.is(reader.done.filter((line) => line === "npm test").length, 2);

  // and the site that was running all the time has it as it is now
  const site = reader.site;
  const clerk = await site?.signIn("chenxiao");
  await until(async () => {
    const { plugins } = (await clerk?.client(supervisorApi).contributions({})) ?? { plugins: [] };
    const menu = plugins.find(({ id }) => id === "car-pool")?.menu.map(({ view }) => view);
    return menu?.join() === "home,items,trips";
  }, 40_000).catch((cause: unknown) => {
    throw new Error(reader.said(), { cause });
  });
  t.deepEqual(await clerk?.callPlugin("car-pool", "free", { day: "2030-01-08" }), { free: 0, total: 0 });
});

test("in English the tutorial does the same, block by block", (t) => {
  t.deepEqual(tutorial("tutorial-first-plugin.en.md"), tutorial("tutorial-first-plugin.md"));
});
