import type { Language } from "@jinshui/web";

/** What a person chooses for the look of the page; kept in this browser. */
export interface Preferences {
  language: Language;
  theme: "system" | "light" | "dark";
  size: "normal" | "large" | "largest";
  navFolded: boolean;
}

const KEY = "jinshui.preferences";
const DEFAULTS: Preferences = { language: "zh-CN", theme: "system", size: "normal", navFolded: false };

export function readPreferences(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

/** Keeps a choice and shows it; the language needs a reload, since texts are everywhere. */
export function choose(change: Partial<Preferences>): Preferences {
  const next = { ...readPreferences(), ...change };
  localStorage.setItem(KEY, JSON.stringify(next));
  applyPreferences(next);
  if (change.language !== undefined) location.reload();
  return next;
}

export function applyPreferences({ theme, size, language }: Preferences): void {
  const root = document.documentElement;
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset["theme"] = dark ? "dark" : "light";
  root.setAttribute("theme", dark ? "dark" : "light");
  root.dataset["size"] = size;
  root.lang = language;
}
