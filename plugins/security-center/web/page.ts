import { type LiveEvent, pageAddress, PluginPage, t } from "@jinshui/web";
import type { CSSResultGroup } from "lit";
import { type FilterSpec, filterStyles } from "./filter-form.js";
import "./english.js";
import "./texts.js";

/** Base of the plugin's pages. */
export abstract class SecurityPage extends PluginPage {
  static override styles: CSSResultGroup = [PluginPage.styles, filterStyles];
  /** Whether the page shows alarms, and so is read again when they change. */
  protected showsAlarms = false;

  protected override concerns({ name }: LiveEvent): boolean {
    return this.showsAlarms && (name.startsWith("security.") || name === "hello");
  }
}

/** Where another page of the plugin is. */
export function pageOf(view: string, query: Record<string, string> = {}): string {
  return pageAddress(`/p/security-center/${view}`, query);
}

/** What was entered in a form, without what is empty. */
export function entered(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === "string" && value.trim() !== "" ? [[name, value.trim()]] : [],
    ),
  );
}

/** What an address asks for, as a search shows it: times as instants. */
export function asked(query: URLSearchParams): Record<string, string> {
  const times = ["from", "to"].flatMap((name) => {
    const instant = instantOf(query.get(name));
    return instant === undefined ? [] : [[name, instant] as const];
  });
  return { ...Object.fromEntries(query), ...Object.fromEntries(times) };
}

/** From when and until when something is looked for. */
export function periodFields(): FilterSpec[] {
  return ["from", "to"].map((key) => ({ key, label: t(`security-center.${key}`), kind: "datetime", dayAlone: true }));
}

/** A time as it is entered, in China, as an instant; nothing for nothing. */
export function instantOf(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  const time = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}+08:00`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
