import { JinshuiError } from "@jinshui/contracts";
import type { Actor, Where } from "@jinshui/storage";

/** Sees the figures of the bureau. */
export const FIGURES = "site.figures";
/** Sees those of bureaus below as well. */
const BELOW = "site.figures-below";

interface Asked {
  bureau?: string;
  below?: boolean;
  department?: string;
  person?: string;
  matter?: string;
  position?: string;
  step?: string;
}

/**
 * Which rows a person may see of those that are asked for. Who may not see the bureau's figures sees their own steps.
 * @throws JinshuiError `forbidden` for what is another's.
 */
export function scopeOf(actor: Actor, bureausBelow: readonly string[], asked: Asked, kind: "steps" | "matters"): Where {
  const { bureau = actor.bureau, below = false, department, person, matter, position, step } = asked;
  const isElsewhere = bureau !== actor.bureau || below;
  if (bureau !== actor.bureau && !bureausBelow.includes(bureau)) throw refused(actor, FIGURES);
  if (isElsewhere && !actor.permissions.has(BELOW)) throw refused(actor, BELOW);
  const isOwn = kind === "steps" && !isElsewhere && person === actor.id;
  if (!isOwn && !actor.permissions.has(FIGURES)) throw refused(actor, FIGURES);
  // whose own steps were done elsewhere before, in another bureau, sees those too
  const where: Where = isOwn
    ? {}
    : { bureau: below ? { in: [bureau, ...(bureau === actor.bureau ? bureausBelow : [])] } : bureau };
  return {
    ...where,
    ...(department === undefined ? {} : { department }),
    ...(person === undefined ? {} : { person }),
    ...(matter === undefined ? {} : { matter }),
    ...(position === undefined ? {} : { position }),
    ...(step === undefined ? {} : { place: step }),
  };
}

function refused({ name }: Actor, permission: string): JinshuiError {
  return new JinshuiError("forbidden", `${name} lacks ${permission}; own steps can be asked for by \`person\``, {
    details: { permissions: [permission] },
  });
}
