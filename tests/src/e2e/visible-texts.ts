import type { Page } from "playwright-core";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
/** Names that people of the demo sign in with. */
const USERNAMES = new Set(
  [...readFileSync(join(root, "configs/demo/people.yaml"), "utf8").matchAll(/username: ([\w-]+)/g)].map(
    ([, name]) => name,
  ),
);
/** Pages for those who look after the site: ids of plugins, processes, events and operations stand there as they are. */
const TECHNICAL = /^\/(?:api-docs|plugins|processes|trials|webhooks|clients)/;
const IDS = /^[a-z0-9-]+(?:[./][a-z0-9-]+)*(?:, [a-z0-9-]+)*$/;

/** What is no word of a language: names of formats, standards and keys, codes, sign-in names, addresses, trace numbers. */
const NO_WORDS = [
  /^(?:Chrome|HeadlessChrome|Chromium) · Linux$/,
  /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/,
  /^(?:Ctrl K|Excel|XLSX|CSV|UTF-8|GB18030|BPMN|PDF|JSON|API|OpenAPI|AsyncAPI|ID|HTTP|URL|OIDC|SCIM|SM2|RSA|bpmn\.io)$/i,
  /^[A-Z]{2}-\d{4}-\d+/,
  /^[\w.+-]+@[\w.-]+$/,
  /^(?:https?:|\/)\S*$/,
  /^[0-9a-f]{32}$/,
  /^v?\d+(?:\.\d+)*\S*$/,
];
const KEY = /^[a-z][A-Za-z]*(?:\.[A-Za-z-]+)+$/;

/**
 * Texts and names of controls on a page, shadow roots included, that no Chinese reader can read: raw keys, and texts of Latin
 * words alone. What stands in `code`, `pre` or under `lang` of another language is left out.
 */
export async function unreadableTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const visit = (root: ParentNode): void => {
      for (const element of root.querySelectorAll<HTMLElement>("*")) {
        if (
          element.matches("code, pre, style, script, [lang=en], svg style") ||
          element.closest("code, pre, [lang=en]")
        )
          continue;
        if (element.shadowRoot) visit(element.shadowRoot);
        for (const name of ["aria-label", "placeholder", "title", "alt"]) {
          const value = element.getAttribute(name)?.trim();
          if (value) found.push(value);
        }
        for (const node of element.childNodes)
          if (node.nodeType === Node.TEXT_NODE && element.checkVisibility()) found.push(node.textContent?.trim() ?? "");
      }
    };
    visit(document.body);
    return found;
  });
  const isTechnical = TECHNICAL.test(new URL(page.url()).pathname);
  return [...new Set(texts)]
    .filter((text) => !USERNAMES.has(text) && !(isTechnical && IDS.test(text)))
    .filter(
      (text) =>
        KEY.test(text) ||
        (/[A-Za-z]{2}/.test(text) && !/\p{Script=Han}/u.test(text) && !NO_WORDS.some((pattern) => pattern.test(text))),
    );
}

/** Whether a page is wider than its window. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
