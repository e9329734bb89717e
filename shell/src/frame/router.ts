import type { Contributions, Profile } from "@jinshui/contracts";
import type { TemplateResult } from "lit";

/** What a page is drawn for. */
interface PageContext {
  profile: Profile;
  contributions: Contributions;
}

/** A page of the shell: its path with `:names`, and how it is drawn. */
export interface Route {
  path: string;
  /** Loads the page's code; its element is drawn after that. */
  load?: () => Promise<unknown>;
  /** Without this permission the page says so instead of being drawn; the kernel refuses its calls anyway. */
  permission?: string;
  draw(params: Record<string, string>, context: PageContext): TemplateResult;
}

/** Goes to another page without loading the document again; the notice says there what was just done. */
export function go(path: string, notice?: string): void {
  if (path === location.pathname + location.search && notice === undefined) return;
  history.pushState(notice === undefined ? {} : { notice }, "", path);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** The route for a path, with the values of its names. */
export function match(routes: Route[], path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const pattern = new RegExp(`^${route.path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const found = pattern.exec(path);
    if (found)
      return {
        route,
        params: Object.fromEntries(
          Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
        ),
      };
  }
  return undefined;
}

/** Turns clicks on links of our own pages into navigation. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
  const href = link?.getAttribute("href");
  if (
    !link ||
    href === undefined ||
    href === null ||
    !href.startsWith("/") ||
    link.target !== "" ||
    link.hasAttribute("download")
  )
    return;
  event.preventDefault();
  go(href);
}
