import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./child.mjs";
import { canInstallPackages } from "./platform.mjs";
import { LaunchError, report } from "./report.mjs";

/** Debian puts servers where an ordinary user's PATH does not look. */
const SERVER_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin"];

const FONT_FOLDERS = ["/usr/share/fonts", "/usr/local/share/fonts"];

/**
 * @typedef {object} Program
 * @property {string} package Debian's name.
 * @property {string} variable Environment variable that names the program instead.
 * @property {() => string | undefined} find Its path, if it is there.
 * @property {() => boolean} [mayBeBetter] Whether the package is worth having where `find` found something else.
 */

/** @type {Program} */
export const natsServer = program("nats-server", "JINSHUI_NATS_SERVER", ["nats-server"]);

/** @type {Program[]} What the tests need besides. */
export const testPrograms = [
  natsServer,
  program("mariadb-server", "JINSHUI_MARIADBD", ["mariadbd", "mysqld"]),
  browser(),
  program("slapd", "JINSHUI_SLAPD", ["slapd"]),
  program("openssl", "JINSHUI_OPENSSL", ["openssl"]),
  // its signatures come from the site's own mirror; the tests bring one of their own
  program("clamav-daemon", "JINSHUI_CLAMD", ["clamd"]),
  { package: "fonts-noto-cjk", variable: "JINSHUI_CJK_FONT", find: findChineseFont },
];

/**
 * Makes sure that every program is there, through apt where we may.
 * @param {Program[]} programs
 * @returns {Promise<NodeJS.ProcessEnv>} the variables that name them, for the programs we start.
 * @throws {LaunchError} with the command to type, when one is missing and we may not install it.
 */
export async function ensurePrograms(programs) {
  const missing = programs.filter((candidate) => candidate.find() === undefined).map((candidate) => candidate.package);
  if (missing.length > 0) await installPackages(missing);
  const better = programs.filter(({ mayBeBetter }) => mayBeBetter?.()).map((candidate) => candidate.package);
  if (better.length > 0 && canInstallPackages())
    await installPackages(better).catch(({ message }) => report(`${message}（不影响继续 · goes on without it）`));
  return Object.fromEntries(
    programs.map(({ find, variable, package: name }) => {
      const path = find();
      if (path === undefined)
        throw new LaunchError(`${name} 安装后仍未找到，请设置 ${variable} · ${name} is not found; set ${variable}`);
      return [variable, path];
    }),
  );
}

async function installPackages(names) {
  const command = `apt-get install --no-install-recommends ${names.join(" ")}`;
  if (!canInstallPackages()) {
    throw new LaunchError(`缺少 ${names.join("、")}，请先执行 · missing programs, please run:\n    sudo ${command}`);
  }
  report(`安装 ${names.join("、")} · ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env, quiet: true });
  await run("apt-get", ["install", "-yq", "--no-install-recommends", ...names], { env, quiet: true });
}

function program(debianPackage, variable, names) {
  return { package: debianPackage, variable, find: () => named(variable) ?? onPath(names) };
}

/** Chromium without windows: with them each session of a test costs twice the time, for menus that nobody sees. */
function browser() {
  const [debianPackage, variable] = ["chromium-headless-shell", "JINSHUI_CHROMIUM"];
  return {
    ...program(debianPackage, variable, [debianPackage, "chromium", "chromium-browser", "google-chrome"]),
    mayBeBetter: () => (named(variable) ?? onPath([debianPackage])) === undefined,
  };
}

function named(variable) {
  const path = process.env[variable];
  if (!path) return undefined;
  if (!isExecutable(path)) throw new LaunchError(`${variable}=${path} 不是可执行文件 · is not an executable file`);
  return path;
}

function onPath(names) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...SERVER_FOLDERS];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findChineseFont() {
  if (process.env.JINSHUI_CJK_FONT) return process.env.JINSHUI_CJK_FONT;
  for (const folder of FONT_FOLDERS.filter((candidate) => existsSync(candidate))) {
    const font = readdirSync(folder, { recursive: true }).find((name) =>
      /CJK|SourceHanSans|wqy|SimSun|simsun|msyh/.test(name),
    );
    if (font !== undefined) return join(folder, font);
  }
  return undefined;
}
