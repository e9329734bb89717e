import { TRIAL_PERMISSION } from "@jinshui/contracts";
import type { Actor } from "@jinshui/storage";

/** Refuses who may neither try processes nor release them. */
export function requireTester(actor: Actor, requirePermission: (actor: Actor, permission: string) => void): void {
  if (!actor.permissions.has("site.processes")) requirePermission(actor, TRIAL_PERMISSION);
}
