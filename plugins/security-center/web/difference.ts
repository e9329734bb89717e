import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";

/** What is different between two values, part by part. */
interface Part {
  name: string;
  before: string;
  after: string;
  isChanged: boolean;
}

/** The parts of two values side by side; parts of parts stay JSON. */
function parts(before: unknown, after: unknown): Part[] {
  const [old, now] = [objectOf(before), objectOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].map((name) => ({
    name,
    before: text(old[name]),
    after: text(now[name]),
    isChanged: text(old[name]) !== text(now[name]),
  }));
}

/** A table of what was and what is, where an entry says so; `titleOf` names the parts. */
export function differenceTable(
  before: unknown,
  after: unknown,
  titleOf: (name: string) => string,
): TemplateResult | typeof nothing {
  const found = parts(before, after);
  if (found.length === 0) return nothing;
  return html`<table class="difference">
    <thead>
      <tr>
        ${["part", "before", "after"].map((key) => html`<th scope="col">${t(`security-center.diff.${key}`)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${found.map(
        ({ name, before: old, after: now, isChanged }) =>
          html`<tr>
            <td>${name === "" ? t("security-center.diff.value") : titleOf(name)}</td>
            <td class="long">${isChanged && old !== "" ? html`<del>${old}</del>` : old}</td>
            <td class="long">${isChanged && now !== "" ? html`<ins>${now}</ins>` : now}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : { "": value };
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value, undefined, 1) : String(value);
}
