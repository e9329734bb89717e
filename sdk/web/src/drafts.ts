const PREFIX = "jinshui.draft/";
let owner = "";

const nameOf = (key: string): string => `${PREFIX}${owner}/${key}`;

/** Tells whose drafts are read and written from now on: on a computer that people share nobody is shown another's. */
export function keepDraftsOf(person: string): void {
  owner = person;
}

/** What was kept under a key in this browser; nothing where there is none, or none that can be read. */
export function readDraft(key: string): Record<string, unknown> | undefined {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(nameOf(key)) ?? "null");
    return typeof draft === "object" && draft !== null ? (draft as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps values past a reload, a cut line, or a closed browser. A browser that has no room left disturbs nobody. */
export function writeDraft(key: string, values: Record<string, unknown>): void {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify(values));
  } catch {
    // what is typed stays on the page
  }
}

export function removeDraft(key: string): void {
  localStorage.removeItem(nameOf(key));
}

/** Forgets every draft of the person in this browser: whoever signs out leaves nothing. */
export function removeDrafts(): void {
  const own = Object.keys(localStorage).filter((name) => name.startsWith(nameOf("")));
  for (const name of own) localStorage.removeItem(name);
}
