import { supervisorApi } from "@jinshui/contracts";
import { readArguments } from "../arguments.js";
import { signIn, SITE_OPTIONS } from "../site-client.js";
import { t } from "../texts.js";

/** `config explain`: for each bureau and plugin, whether it is on and who said so. */
export async function configExplain(args: string[]): Promise<number> {
  const { values } = readArguments(args, SITE_OPTIONS);
  const site = await signIn(values);
  const { plugins } = await site.client(supervisorApi).plugins({});
  for (const plugin of plugins) {
    for (const { bureau, enabled, source } of plugin.bureaus) {
      const reason = source === "file" ? `configs/bureaus/${bureau}.yaml` : t("config.person");
      process.stdout.write(
        `${bureau.padEnd(14)} ${plugin.id.padEnd(20)} ${t(enabled ? "config.on" : "config.off")}  ${reason}\n`,
      );
    }
  }
  await site.signOut();
  return 0;
}
