import { isJinshuiError } from "@jinshui/contracts";
import type { Supervisor } from "@jinshui/supervisor";
import { type Kernel, startKernel } from "./kernel.js";
import { confirmEmptying } from "./confirm-emptying.js";
import { holdsSomething } from "./data-folder.js";
import { asksForHelp, readOptions, usage, UsageError } from "./options.js";

const started = performance.now();
let kernel: Kernel | undefined;
let stopping = false;

/**
 * A site, from the command line to the end of the process.
 *
 * @param root The site's root folder.
 */
export async function run(root: string): Promise<void> {
  process.on("unhandledRejection", (error) => void end(1, error));
  process.on("uncaughtException", (error) => void end(1, error));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1); // the second Ctrl-C does not wait
      process.stdout.write("\n正在停止，请稍候……（再按一次 Ctrl-C 立即退出）\n");
      void end(0);
    });
  }
  try {
    const args = process.argv.slice(2);
    if (asksForHelp(args)) {
      process.stdout.write(usage(root));
      process.exit(0);
    }
    const options = readOptions(args, root);
    if (options.fresh && !options.yes && holdsSomething(options.data)) await confirmEmptying(options.data);
    kernel = await startKernel(options);
    welcome(kernel);
  } catch (error) {
    await end(1, error);
  }
}

async function end(code: number, error?: unknown): Promise<void> {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
  else if (isJinshuiError(error)) process.stderr.write(`启动失败：${error.message}\n`);
  else if (error !== undefined)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}\n`);
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(code === 0 ? 1 : code), 20_000).unref();
  await kernel?.stop();
  process.exit(code);
}

function welcome({ url, config, durability, supervisor }: Kernel): void {
  const lines = [
    ``,
    `${config.site.site.title["zh-CN"]}已启动（${((performance.now() - started) / 1_000).toFixed(1)} 秒）`,
    `  地址  ${url}`,
    `  消息落盘  ${durability.profile === "none" ? "无保证（断电可能丢失最近一分钟的消息，重启后由数据库补发）" : `${durability.profile} 级`}`,
  ];
  if (supervisor.options.safeMode === true)
    lines.push("  安全模式  没有启动任何插件；排查后去掉 --safe-mode 重新启动 · no plugin is on");
  lines.push(`  插件隔离  ${confinementOf(supervisor.confinement)}`);
  if (config.demo) {
    lines.push(`  演示账号（密码均为 ${config.demo.password}）`);
    for (const { username, name, bureau, shown } of config.demo.people) {
      const title = config.bureaus.find((candidate) => candidate.bureau === bureau)?.title["zh-CN"] ?? bureau;
      if (shown !== undefined) lines.push(`    ${username.padEnd(10)} ${name}  ${title}  ${shown}`);
    }
  }
  process.stdout.write(`${lines.join("\n")}\n  按 Ctrl-C 停止\n`);
}

/** What holds for every plugin on this host, and what does not. */
function confinementOf(missing: Supervisor["confinement"]): string {
  const measures = [
    ["独立系统用户", missing?.ownUser],
    ["内存上限由系统强制", missing?.memory],
    ["只能连接消息总线", missing?.network],
  ] as const;
  const named = (holds: boolean): string =>
    measures
      .filter(([, reason]) => (reason === undefined) === holds)
      .map(([name]) => name)
      .join("、");
  const [held, lacking] = [named(true), named(false)];
  return `运行时权限限制${held === "" ? "" : `、${held}`}${lacking === "" ? "" : `（本机未提供：${lacking}；见 configs/deploy）`}`;
}
