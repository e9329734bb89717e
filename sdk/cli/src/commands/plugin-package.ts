import { type Ask, HTTP_ROOT, type PackageReport, supervisorApi } from "@jinshui/contracts";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { readArguments } from "../arguments.js";
import { ask, signIn, SITE_OPTIONS, type SiteClient } from "../site-client.js";
import { language, t } from "../texts.js";
import { UsageError } from "../usage-error.js";

/** `plugin inspect`: what a package is, who vouches for it and what it asks for, as the site sees it; installs nothing. */
export async function pluginInspect(args: string[]): Promise<number> {
  const { values, words } = readArguments(args, SITE_OPTIONS);
  const source = requireSource(words[0]);
  const site = await signIn(values);
  const report = await bring(site, source);
  tell(report);
  await site.signOut();
  return report.problems.length > 0 ? 1 : 0;
}

/** `plugin install`: the same, then asks for consent and installs; it runs nowhere by that. */
export async function pluginInstall(args: string[]): Promise<number> {
  const { values, flags, words } = readArguments(args, {
    ...SITE_OPTIONS,
    yes: { type: "boolean" },
    downgrade: { type: "boolean" },
  });
  const source = requireSource(words[0]);
  if (!flags.has("yes") && !process.stdin.isTTY) throw new UsageError(t("package.nobody"));
  const site = await signIn(values);
  const report = await bring(site, source);
  tell(report);
  const { package: id, plugin, version, consent, problems } = report;
  const allowDowngrade = flags.has("downgrade");
  const isRefused = problems.some(({ code }) => !(allowDowngrade && code === "downgrade"));
  const agrees = !isRefused && (flags.has("yes") || /^(y|yes|是)$/i.test(await ask(t("package.agree"))));
  if (agrees) {
    const input = { package: id, consent, ...(allowDowngrade ? { allowDowngrade } : {}) };
    await site.client(supervisorApi).installPackage(input);
    process.stdout.write(`${t("package.installed", { plugin, version })}\n`);
  } else if (!isRefused) process.stdout.write(`${t("package.declined")}\n`);
  await site.signOut();
  return agrees ? 0 : 1;
}

/** `plugin version`: gives bureaus another installed version, also the one before. */
export async function pluginVersion(args: string[]): Promise<number> {
  const { values, words } = readArguments(args, { ...SITE_OPTIONS, bureau: { type: "string" } });
  const [plugin, version] = words;
  const bureaus = values["bureau"]?.split(",").filter((bureau) => bureau !== "");
  if (plugin === undefined || version === undefined) throw new UsageError(t("package.whichVersion"));
  if (!bureaus || bureaus.length === 0) throw new UsageError(t("plugin.bureau"));
  const site = await signIn(values);
  const { state, bureaus: places } = await site.client(supervisorApi).setVersion({ plugin, version, bureaus });
  for (const bureau of bureaus) {
    const isOn = places.some((place) => place.bureau === bureau && place.enabled);
    process.stdout.write(
      `${t("package.changed", { plugin, version, bureau, state: isOn ? state : t("package.off") })}\n`,
    );
  }
  await site.signOut();
  return 0;
}

/** `plugin remove`: removes an installed version that no bureau has. */
export async function pluginRemove(args: string[]): Promise<number> {
  const { values, words } = readArguments(args, SITE_OPTIONS);
  const [plugin, version] = words;
  if (plugin === undefined || version === undefined) throw new UsageError(t("package.whichVersion"));
  const site = await signIn(values);
  await site.client(supervisorApi).removePackage({ plugin, version });
  process.stdout.write(`${t("package.removed", { plugin, version })}\n`);
  await site.signOut();
  return 0;
}

function requireSource(source: string | undefined): string {
  if (source === undefined) throw new UsageError(t("package.which"));
  if (!isAddress(source) && !existsSync(source)) throw new UsageError(t("process.missing", { file: source }));
  return source;
}

function isAddress(source: string): boolean {
  return /^https?:\/\//.test(source);
}

async function bring(site: SiteClient, source: string): Promise<PackageReport> {
  if (isAddress(source)) return site.client(supervisorApi).fetchPackage({ url: source });
  const { size } = await stat(source);
  const body = Readable.toWeb(createReadStream(source)) as ReadableStream;
  return (await site.upload(`${HTTP_ROOT}/plugin-packages`, body, size)) as PackageReport;
}

function tell({
  plugin,
  version,
  title,
  sha256,
  signedBy,
  running,
  problems,
  asks,
  grew,
  shrank,
}: PackageReport): void {
  const say = (key: string, facts: Record<string, unknown> = {}): void =>
    void process.stdout.write(`${t(`package.${key}`, facts)}\n`);
  const local = (text: { "zh-CN": string; en?: string }): string =>
    language() === "en" ? (text.en ?? text["zh-CN"]) : text["zh-CN"];
  say("is", { plugin, version, title: local(title), sha256 });
  const isSigned = problems.some(({ code }) => /^(signature|key|file|unknown-key|identity)/.test(code));
  say(
    signedBy ? "signed" : isSigned ? "doubtful" : "unsigned",
    signedBy ? { id: signedBy.id, signer: local(signedBy.title) } : {},
  );
  if (running !== undefined) say("running", { version: running });
  const lines = (heading: string, list: readonly Ask[]): void => {
    if (list.length === 0) return;
    say(heading);
    for (const { kind, what, title: named, positions, megabytes } of list)
      process.stdout.write(
        `  ${[kind, what, named && local(named), positions?.join(","), megabytes && `${megabytes} MB`].filter(Boolean).join("  ")}\n`,
      );
  };
  if (running === undefined) lines("asks", asks);
  else {
    lines("grew", grew);
    lines("shrank", shrank);
    lines(
      "unchanged",
      asks.filter(({ kind, what }) => !grew.some((ask) => ask.kind === kind && ask.what === what)),
    );
  }
  if (problems.length === 0) return;
  say("refused");
  for (const { code, message } of problems) process.stdout.write(`  ${code}: ${message}\n`);
}
