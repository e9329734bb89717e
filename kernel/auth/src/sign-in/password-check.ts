import type { PasswordReason } from "@jinshui/contracts";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { pinyin } from "pinyin-pro";
import type { SignInPolicy } from "./policy.js";

/** Of five (0–4): from 3 on it takes more than a hundred million guesses. */
const LEAST_SCORE = 3;
/** What comes after it can only make a password better; guessing takes time that grows with the length. */
const SCORED_CHARACTERS = 64;
/** Parts of names that are shorter would forbid too much. */
const LEAST_NAME = 3;

let strength: ZxcvbnFactory | undefined;

/** Why a password can't be taken by somebody, all reasons at once; empty when it can. */
export function passwordRefusals(
  password: string,
  person: { username: string; name: string },
  { rules, words }: Pick<SignInPolicy, "rules" | "words">,
): PasswordReason[] {
  // characters, not their halves
  const length = [...password].length;
  const small = password.toLowerCase();
  const names = namesOf(person);
  const holds = (parts: readonly string[]): boolean => parts.some((part) => small.includes(part));
  const reasons: PasswordReason[] = [];
  if (length < rules.minLength) reasons.push("too-short");
  if (length > rules.maxLength) reasons.push("too-long");
  if (rules.complexity && kinds(password) < 3) reasons.push("not-mixed");
  if (holds(names)) reasons.push("contains-name");
  if (holds(words)) reasons.push("contains-word");
  if (reasons.length === 0 && isCommon(password, [...names, ...words])) reasons.push("too-common");
  return reasons;
}

/** User name, and the name as it is and in pinyin, family name first or last. */
function namesOf({ username, name }: { username: string; name: string }): string[] {
  const syllables = pinyin(name, { toneType: "none", type: "array" }).map((syllable) => syllable.toLowerCase());
  const [family = "", ...given] = syllables;
  return [username, name, [family, ...given].join(""), [...given, family].join("")]
    .map((part) => part.toLowerCase())
    .filter((part) => part.length >= LEAST_NAME || /\p{Script=Han}{2}/u.test(part));
}

function kinds(password: string): number {
  return [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u].filter((kind) => kind.test(password)).length;
}

function isCommon(password: string, known: string[]): boolean {
  strength ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return strength.check(password.slice(0, SCORED_CHARACTERS), known).score < LEAST_SCORE;
}
