import { readFileSync } from "node:fs";
import { LaunchError, report } from "./report.mjs";

const LOWEST_NODE = 20;

/**
 * Refuses what can't work, warns about what nobody has tried.
 * @throws {LaunchError} on a Node.js older than 20, or on Windows.
 */
export function checkPlatform() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < LOWEST_NODE) {
    throw new LaunchError(
      `需要 Node.js ${LOWEST_NODE} 或更高版本，当前为 ${process.version} · Node.js ≥ ${LOWEST_NODE} is needed, this is ${process.version}`,
    );
  }
  if (process.platform === "win32") {
    throw new LaunchError("请在 Debian 12 上运行（Windows 可用 WSL）· run it on Debian 12 (on Windows: WSL)");
  }
  const system = systemName();
  if (!system.startsWith("Debian GNU/Linux 12")) {
    report(`已在 Debian 12 上验证；当前系统：${system} · proven on Debian 12; this is ${system}`);
  }
}

/** Whether packages can be installed here without asking anybody. */
export function canInstallPackages() {
  return process.platform === "linux" && process.getuid?.() === 0 && systemName().includes("Debian");
}

function systemName() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  } catch {
    return `${process.platform} ${process.arch}`;
  }
}
