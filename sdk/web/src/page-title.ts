let site = "";

/** Names the site, which stands at the end of every page's title. */
export function nameSite(title: string): void {
  site = title;
  pageTitle();
}

/** Titles the document: what is open first, as tabs and the history show only the beginning. */
export function pageTitle(...parts: string[]): void {
  document.title = [...parts.filter((part) => part !== site), site].filter((part) => part !== "").join(" - ");
}
