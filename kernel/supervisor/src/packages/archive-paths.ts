import { PACKAGE_ROOT } from "@jinshui/contracts";

/** Names that mean devices on some systems, whatever follows the first dot, and one that means an object's prototype. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d|__proto__)(\.|$)/i;
const CONTROL = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\ufffd]/u;
/** Refused by other systems, or read differently by them. */
const FOREIGN = /[\\:*?"<>|]/;
const MAX_PATH = 200;
const MAX_DEPTH = 16;

/** Why a path of an archive is refused; the key of what people read. */
export type PathRule =
  | "absolute"
  | "outside"
  | "control-character"
  | "foreign-character"
  | "empty-part"
  | "climbs-out"
  | "reserved-name"
  | "odd-end"
  | "too-long"
  | "duplicate"
  | "same-but-case";

/** The rule that a path breaks by itself, if any. A folder's may end in a slash. */
export function brokenRule(path: string): PathRule | undefined {
  if (path.length > MAX_PATH) return "too-long";
  if (CONTROL.test(path)) return "control-character";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "absolute";
  if (FOREIGN.test(path)) return "foreign-character";
  const parts = path.replace(/\/$/, "").split("/");
  if (parts.length > MAX_DEPTH) return "too-long";
  if (parts.includes("..")) return "climbs-out";
  if (parts.some((part) => part === "" || part === ".")) return "empty-part";
  if (parts[0] !== PACKAGE_ROOT) return "outside";
  if (parts.some((part) => RESERVED.test(part))) return "reserved-name";
  if (parts.some((part) => /^ |[ .]$/.test(part))) return "odd-end";
  return undefined;
}

/** Paths of one archive, each of which may be there once, whatever a file system thinks of case and composed letters. */
export class KnownPaths {
  readonly #seen = new Map<string, { path: string; isFile: boolean; isStated: boolean }>();

  /** Takes a path, and the folders above it; the rule that it breaks beside the others, if any. */
  take(path: string, isFile: boolean): PathRule | undefined {
    const parts = path.split("/");
    for (let length = 1; length <= parts.length; length += 1) {
      const part = parts.slice(0, length).join("/");
      const isLast = length === parts.length;
      const known = this.#seen.get(folded(part));
      if (known && known.path !== part) return "same-but-case";
      // a file where a folder is, a folder where a file is, or the same once more
      if (known && (known.isFile || (isLast && (isFile || known.isStated)))) return "duplicate";
      const stated = { path: part, isFile: isLast && isFile, isStated: isLast || known?.isStated === true };
      this.#seen.set(folded(part), stated);
    }
    return undefined;
  }
}

function folded(path: string): string {
  return path.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}
