import type { Client, Contribution, SupervisorApi } from "@jinshui/contracts";
import type { InjectionToken } from "tsyringe";

/** Other plugins of the call's bureau, for the call's person, within the call's time. */
export interface Plugins {
  /**
   * Calls an operation of another plugin, `<plugin>.<op>`: one of `grants.plugins`, or one that was contributed to a point of one's own.
   * @throws JinshuiError `forbidden` for others and where the person may not, `not-enabled`, and what the operation throws.
   */
  ask<T = unknown>(operation: string, input: object): Promise<T>;
  /** All that enabled plugins contribute to a point of this plugin (`provides.points`). */
  contributed(point: string): Promise<Contribution[]>;
}
export const Plugins: InjectionToken<Plugins> = Symbol.for("jinshui.plugins");

/** Other plugins as one plugin sees them. */
export function pluginsFor(own: string, supervisor: Pick<Client<SupervisorApi>, "ask" | "contributed">): Plugins {
  return {
    async ask<T>(operation: string, input: object) {
      const [plugin = "", op = ""] = operation.split(".");
      const { output } = await supervisor.ask({ plugin, op, input: input as Record<string, unknown> });
      return output as T;
    },
    async contributed(point) {
      const all: Contribution[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await supervisor.contributed({ plugin: own, point, ...(cursor === undefined ? {} : { cursor }) });
        all.push(...page.entries);
        cursor = page.nextCursor;
        if (cursor === undefined) return all;
      }
    },
  };
}
