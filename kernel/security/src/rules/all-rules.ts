import type { Rule } from "../facts.js";
import { rightsRules } from "./rights-rules.js";
import { signInRules } from "./sign-in-rules.js";
import { siteRules } from "./site-rules.js";

/** Everything that raises an alarm. */
export const RULES: readonly Rule[] = [...signInRules, ...rightsRules, ...siteRules];
