import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../arguments.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { readFolder } from "./plugin-folder.js";
import { packageJson } from "./template/options.js";
import { packSdk } from "./template/pack-sdk.js";
import { CHECKOUT, SITE_FILE } from "./template/place.js";

type Dependencies = Record<string, string>;
const KINDS = ["dependencies", "devDependencies"] as const;
const OWN = /^file:sdk\//;

/** `sdk renew`: gives a plugin in a folder of its own the packages of this checkout in place of those it came with. */
export async function renewSdk(args: string[]): Promise<number> {
  const { words } = readArguments(args, {});
  const { folder, content } = readFolder(words[0] ?? ".");
  if (!content) throw new UsageError(t("folder.noPlugin", { folder }));
  const file = join(folder, "package.json");
  const own = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<(typeof KINDS)[number], Dependencies>>;
  const named = KINDS.flatMap((kind) => Object.entries(own[kind] ?? {}))
    .filter(([, version]) => OWN.test(version))
    .map(([name]) => name.replace("@jinshui/", ""));
  if (named.length === 0) throw new UsageError(t("sdk.notOutside", { folder }));
  const archives = await packSdk(CHECKOUT, [...new Set(named)], join(folder, "sdk"));
  const isCurrent = new Set(archives.values());
  for (const archive of readdirSync(join(folder, "sdk")))
    if (archive.startsWith("jinshui-") && !isCurrent.has(archive)) rmSync(join(folder, "sdk", archive));
  for (const kind of KINDS)
    for (const [name, version] of Object.entries(own[kind] ?? {}))
      if (OWN.test(version))
        Object.assign(own[kind] ?? {}, { [name]: `file:sdk/${archives.get(name.replace("@jinshui/", "")) ?? ""}` });
  writeFileSync(file, packageJson(own));
  if (existsSync(join(folder, SITE_FILE))) writeFileSync(join(folder, SITE_FILE), `${CHECKOUT}\n`);
  process.stdout.write(`${t("sdk.renewed", { folder, n: archives.size })}\n`);
  return 0;
}
