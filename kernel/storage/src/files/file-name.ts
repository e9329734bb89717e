const MAX_LENGTH = 200;
/** Controls, marks that turn the direction of writing, and characters without width: `报表‮fdp.exe` reads as a PDF. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const NOT_IN_NAMES = /[\\/:*?"<>|]/g;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * A name as it may be shown and saved anywhere: no path, nothing invisible, no name Windows keeps for devices, 200
 * characters at most with the extension kept. It is never used as a path by us.
 */
export function cleanFileName(name: string): string {
  const visible = name.toWellFormed().normalize("NFC").replace(INVISIBLE, "").replace(NOT_IN_NAMES, "_");
  const trimmed = visible.replace(/^[\s.]+/, "").replace(/(?<![\s.])[\s.]+$/, "");
  if (trimmed === "") return "file";
  const stem = trimmed.split(".")[0] ?? "";
  return shortened(RESERVED.test(stem.trim()) ? `_${trimmed}` : trimmed);
}

/** What comes after the last dot, in lower case; empty without one. */
export function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? "";
}

function shortened(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  const extension = extensionOf(name);
  const tail = extension === "" ? "" : `.${extension}`;
  // a pair of surrogates that the cut parts is made whole by leaving it out
  return (
    name
      .slice(0, MAX_LENGTH - tail.length)
      .replace(/[\ud800-\udbff]$/, "")
      .replace(/(?<![\s.])[\s.]+$/, "") + tail
  );
}
