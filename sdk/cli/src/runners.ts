import { check } from "./commands/check.js";
import { configExplain } from "./commands/config.js";
import { createPlugin } from "./commands/create-plugin.js";
import { dev } from "./commands/dev/dev.js";
import { filesVerify, quarantineDecide, quarantineList } from "./commands/files.js";
import { processDraw } from "./commands/draw/process-draw.js";
import { pack } from "./commands/pack.js";
import { pluginList, pluginSwitch } from "./commands/plugin.js";
import { pluginInspect, pluginInstall, pluginRemove, pluginVersion } from "./commands/plugin-package.js";
import { processTest } from "./commands/process-test.js";
import { renewSdk } from "./commands/renew-sdk.js";
import { createPluginKey, signPackage } from "./commands/sign.js";

/** What carries out commands, by their words; each takes the rest of the line and returns the exit code. */
export type Runners = Record<string, (args: string[]) => Promise<number>>;

export const runners: Runners = {
  "create-plugin": createPlugin,
  check,
  pack,
  "keys create-plugin-key": createPluginKey,
  sign: signPackage,
  dev,
  "sdk renew": renewSdk,
  "process test": processTest,
  "process draw": processDraw,
  "plugin list": pluginList,
  "plugin enable": (args) => pluginSwitch(args, true),
  "plugin disable": (args) => pluginSwitch(args, false),
  "plugin inspect": pluginInspect,
  "plugin install": pluginInstall,
  "plugin version": pluginVersion,
  "plugin remove": pluginRemove,
  "files verify": filesVerify,
  "files quarantine list": quarantineList,
  "files quarantine release": (args) => quarantineDecide(args, "release"),
  "files quarantine delete": (args) => quarantineDecide(args, "delete"),
  "config explain": configExplain,
};
