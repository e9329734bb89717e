import { isPattern } from "./check-collection.js";
import type { PluginManifest } from "./manifest.js";
import { isSecret, type Setting, type SettingsSchema } from "./settings.js";
import { problems } from "./validate.js";

/** What is wrong with a plugin's settings beyond their shape. */
export function settingsProblems({ properties, required = [] }: SettingsSchema, { server }: PluginManifest): string[] {
  return [
    ...(server ? [] : ["has settings, but no server that could use them"]),
    ...required.filter((name) => !(name in properties)).map((name) => `requires "${name}", which is no setting of it`),
    ...Object.entries(properties).flatMap(([name, setting]) =>
      problemsOf(setting).map((problem) => `setting "${name}" ${problem}`),
    ),
  ];
}

function problemsOf(setting: Setting): string[] {
  const { type, pattern, items, oneOf, default: value } = setting;
  const found: string[] = [];
  if (isSecret(setting) && type !== "string") found.push("is a secret, which must be a string");
  if (isSecret(setting) && value !== undefined) found.push("is a secret: everybody could read its default");
  if (oneOf && type !== "string") found.push("has choices, which must be strings");
  if (type === "array" && !items) found.push('is an array and needs "items"');
  const patterns = [pattern, items?.pattern].filter((text) => text !== undefined);
  const broken = patterns.filter((text) => !isPattern(text));
  found.push(...broken.map((text) => `has "${text}", which is no regular expression`));
  if (value !== undefined && broken.length === 0)
    found.push(
      ...problems(setting, value).map(({ path, message }) => `has a default that does not fit: ${path} ${message}`),
    );
  return found;
}
