import { supervisorApi } from "@jinshui/contracts";
import { readArguments } from "../arguments.js";
import { signIn, SITE_OPTIONS } from "../site-client.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";

/** `plugin list`: one line per plugin with state and bureaus. */
export async function pluginList(args: string[]): Promise<number> {
  const { values } = readArguments(args, SITE_OPTIONS);
  const site = await signIn(values);
  const { plugins } = await site.client(supervisorApi).plugins({});
  for (const plugin of plugins) {
    // one that has another version than most is told with it
    const where = plugin.bureaus
      .filter(({ enabled }) => enabled)
      .map(({ bureau, version }) => (version === plugin.version ? bureau : `${bureau}@${version}`));
    process.stdout.write(
      `${plugin.id}@${plugin.version}  ${plugin.state}  ${where.join(", ") || "-"}${plugin.problem === undefined ? "" : `  (${plugin.problem})`}\n`,
    );
  }
  await site.signOut();
  return 0;
}

/** `plugin enable|disable`: switches a plugin in one bureau and says how long it took. */
export async function pluginSwitch(args: string[], enabled: boolean): Promise<number> {
  const { values, words } = readArguments(args, { ...SITE_OPTIONS, bureau: { type: "string" } });
  const [plugin] = words;
  const { bureau } = values;
  if (plugin === undefined) throw new UsageError(t("plugin.which"));
  if (bureau === undefined) throw new UsageError(t("plugin.bureau"));
  const site = await signIn(values);
  const started = performance.now();
  const status = await site.client(supervisorApi).setEnabled({ plugin, bureau, enabled });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  process.stdout.write(
    `${t(enabled ? "plugin.enabled" : "plugin.disabled", { plugin, bureau, state: status.state, seconds })}\n`,
  );
  await site.signOut();
  return status.state === "failed" || status.state === "quarantined" || status.state === "invalid" ? 1 : 0;
}
