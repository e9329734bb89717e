import type { Context, Handlers, WorkflowApi } from "@jinshui/contracts";
import { type Access, type Database, onceByKey } from "@jinshui/storage";
import { correlationKey, MESSAGE_LIFE_MS, send, type Sender } from "../links/parcels.js";

/** What plugins send to matters. */
export function messageHandlers(parts: {
  database: Database;
  access: Access;
  /** @throws JinshuiError `forbidden` for who is no plugin. */
  pluginOf: (context: Context) => Promise<string>;
}): Pick<Handlers<WorkflowApi>, "sendMessage" | "broadcastSignal"> {
  const { database, access, pluginOf } = parts;
  const senderOf = async (plugin: string, context: Context): Promise<Sender> => {
    const { actor } = context.actor === undefined ? {} : await access.resolve(context);
    if (!actor) return { plugin, applicant: { id: `plugin:${plugin}`, name: plugin } };
    const { id, name, department, departmentTitle } = actor;
    return { plugin, applicant: { id, name }, department, departmentTitle };
  };

  return {
    async sendMessage({ name, correlation, variables, lifeSeconds }, context) {
      const plugin = await pluginOf(context);
      const sender = await senderOf(plugin, context);
      const key = correlation === undefined ? {} : { correlation: correlationKey(correlation) };
      const lifeMs = lifeSeconds === undefined ? MESSAGE_LIFE_MS : lifeSeconds * 1_000;
      const id = await onceByKey(database, context, plugin, { name, correlation, variables }, (tx) =>
        send(tx, context.bureau, { kind: "message", name, ...key, variables, sender }, lifeMs),
      );
      return { id };
    },

    async broadcastSignal({ name, variables }, context) {
      const plugin = await pluginOf(context);
      const sender = await senderOf(plugin, context);
      const id = await onceByKey(database, context, plugin, { name, variables }, (tx) =>
        send(tx, context.bureau, { kind: "signal", name, variables, sender }),
      );
      return { id };
    },
  };
}
