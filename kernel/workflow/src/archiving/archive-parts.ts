import type { HistoryEntry } from "@jinshui/contracts";
import { canonicalJson } from "@jinshui/storage";
import type { ArchiveContent } from "./archive-content.js";

/** A part of an archive as a file. */
export interface ArchivePart {
  path: string;
  text: string;
}

/** Where each part lies, and what of the content it holds; `about.json` has the rest. */
const PARTS = {
  variables: "data.json",
  forms: "forms.json",
  history: "history.json",
  signatures: "signatures.json",
  attachments: "attachments.json",
} as const satisfies Partial<Record<keyof ArchiveContent, string>>;
const ABOUT = "about.json";
const OPINIONS = "opinions.json";

/** The content in parts that people can read one by one. */
export function partsOf(content: ArchiveContent): ArchivePart[] {
  const about = Object.fromEntries(Object.entries(content).filter(([key]) => !(key in PARTS)));
  return [
    { path: ABOUT, text: canonicalJson(about) },
    ...Object.entries(PARTS).flatMap(([key, path]) => {
      const value = content[key as keyof ArchiveContent];
      return value === undefined ? [] : [{ path, text: canonicalJson(value) }];
    }),
    { path: OPINIONS, text: opinionsOf(content.history) },
  ];
}

/**
 * The content that parts make up; nothing where one of them is no JSON or is missing. What was said stands in the history as
 * well: where the two differ, somebody has changed one of them.
 */
export function contentOf(parts: ReadonlyMap<string, string>): ArchiveContent | undefined {
  try {
    const content = JSON.parse(parts.get(ABOUT) ?? "") as Record<string, unknown>;
    for (const [key, path] of Object.entries(PARTS)) {
      const text = parts.get(path);
      if (text !== undefined) content[key] = JSON.parse(text);
    }
    const whole = content as unknown as ArchiveContent;
    return parts.get(OPINIONS) === opinionsOf(whole.history) ? whole : undefined;
  } catch {
    return undefined;
  }
}

function opinionsOf(history: readonly HistoryEntry[]): string {
  return canonicalJson(
    history
      .filter(({ type }) => type === "task-completed")
      .map(({ at, step, by, onBehalfOf, position, action, opinion }) => ({
        at,
        ...(step === undefined ? {} : { step }),
        ...(by ? { by } : {}),
        ...(onBehalfOf ? { onBehalfOf } : {}),
        ...(position ? { position } : {}),
        ...(action === undefined ? {} : { action }),
        ...(opinion === undefined ? {} : { opinion }),
      })),
  );
}
