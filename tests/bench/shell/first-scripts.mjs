import { brotliCompressSync, gzipSync } from "node:zlib";

const IMPORT = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{},\s]+?\s*from\s*)?["'`]([^"'`]+)["'`]/g;

/** KB of the scripts that the page's entry imports at once, before it knows where somebody wants to go. */
export async function firstScripts(url) {
  const html = await (await fetch(url)).text();
  const { imports } = JSON.parse(/<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? "{}");
  const [, entry] = /<script type="module" src="([^"]+)"/.exec(html) ?? [];
  const seen = new Map();
  const visit = async (path) => {
    if (seen.has(path)) return;
    seen.set(path, "");
    const source = await (await fetch(url + path)).text();
    seen.set(path, source);
    for (const [, name] of source.matchAll(IMPORT)) {
      const found = imports[name] ?? (name.startsWith(".") ? new URL(name, url + path).pathname : undefined);
      if (found !== undefined) await visit(found);
    }
  };
  await visit(entry);
  const sum = (size) => [...seen.values()].reduce((all, source) => all + size(source), 0) / 1024;
  return {
    br: sum((source) => brotliCompressSync(source).length),
    gz: sum((source) => gzipSync(source, { level: 9 }).length),
  };
}
