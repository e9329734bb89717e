import type { FormOpinion, FormSchema } from "@jinshui/contracts";

/**
 * What a step sets, with its text in a field of opinions (签批意见) put beside those of the steps before: who wrote it and when is the
 * kernel's word. A step that writes none leaves what is there.
 */
export function withOpinions(
  form: FormSchema | undefined,
  values: Record<string, unknown>,
  present: Record<string, unknown>,
  written: Omit<FormOpinion, "text">,
): Record<string, unknown> {
  const result = { ...values };
  for (const { key, jinshui } of form?.components ?? []) {
    if (key === undefined || jinshui?.type !== "opinion" || !(key in values)) continue;
    const text = values[key];
    const before = Array.isArray(present[key]) ? (present[key] as FormOpinion[]) : [];
    if (typeof text === "string" && text.trim() !== "") result[key] = [...before, { text: text.trim(), ...written }];
    else delete result[key];
  }
  return result;
}
