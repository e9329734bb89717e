import { JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context } from "koa";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";
import type { GatewayOptions } from "./options.js";

/** Names that begin with a dot are no page's. */
const HIDDEN = /(^|\/)\./;

const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".map": "application/json",
};

/** The page that everything else hangs on, and the hashes of its inline scripts for the content security policy. */
export interface ShellPage {
  html: string;
  scriptHashes: string[];
  /** Of the style elements that libraries of the shell put into the page; the build lists them. */
  styleHashes: string[];
}

export function readShellPage(folder: string): ShellPage {
  const file = join(folder, "index.html");
  const html = existsSync(file)
    ? readFileSync(file, "utf8")
    : "<!doctype html><title>金税平台</title><p>The shell is not built: npm run build</p>";
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? "");
  const listed = join(folder, "style-hashes.json");
  const styles = existsSync(listed) ? (JSON.parse(readFileSync(listed, "utf8")) as { hashes: string[] }).hashes : [];
  return {
    html,
    scriptHashes: inline.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`),
    styleHashes: styles.map((hash) => `'sha256-${hash}'`),
  };
}

/** The shell's own files, the files of plugins, and the page for every other address. */
export function shellRoutes(router: Router, options: GatewayOptions, page: ShellPage): void {
  router.get("/plugins/:plugin/:version/{*path}", (context) => {
    const { plugin = "", version = "", path = "" } = context.params;
    const file = options.assetPath(plugin, version, path);
    if (file === undefined)
      throw new JinshuiError("not-enabled", `No plugin ${plugin}@${version} is enabled here, or it has no ${path}`, {
        details: { plugin, bureau: "" },
      });
    sendFile(context, file, options);
  });

  router.get("/{*path}", (context) => {
    const { path = "" } = context.params;
    if (path.startsWith("api/")) throw new JinshuiError("not-found", `There is nothing at GET /${path}`);
    const root = resolve(options.shellFolder);
    const file = resolve(root, path);
    if (
      path !== "" &&
      path !== "index.html" &&
      file.startsWith(root + sep) &&
      existsSync(file) &&
      statSync(file).isFile()
    ) {
      sendFile(context, file, options);
      return;
    }
    if (extname(path) !== "" || HIDDEN.test(path)) throw new JinshuiError("not-found", `There is no file /${path}`);
    context.type = "html";
    context.set("Cache-Control", "no-cache");
    context.body = page.html;
  });
}

function sendFile(context: Context, file: string, { sourceMaps }: GatewayOptions): void {
  if (!existsSync(file) || !statSync(file).isFile() || (!sourceMaps && extname(file) === ".map"))
    throw new JinshuiError("not-found", `There is no file ${context.path}`);
  context.type = TYPES[extname(file)] ?? "application/octet-stream";
  // names with a hash, and plugin addresses with one, never change their content
  const hashed = /[-.][A-Za-z0-9_-]{8,}\.\w+$/.test(file) || context.query["h"] !== undefined;
  context.set("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  const { size, mtimeMs } = statSync(file);
  context.etag = `${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}`;
  context.status = 200;
  if (context.fresh) {
    context.status = 304;
    return;
  }
  context.body = createReadStream(file);
}
