import { JinshuiError } from "@jinshui/contracts";
import { type ContentKind, contentKind } from "./content-kind.js";
import { extensionOf } from "./file-name.js";
import { CLAIMS, FILE_TYPES, PROGRAMS } from "./file-types.js";

/**
 * Holds name, claimed type and content of a file together and tells its media type.
 * @throws JinshuiError `invalid-file`: a type the site does not take, or a content that is not what name or claim say,
 * with `extension` or `claimed` and the `found` kind.
 */
export async function checkContent(
  path: string,
  name: string,
  claimed: string,
  types: readonly string[],
): Promise<string> {
  const extension = extensionOf(name);
  if (!types.includes(extension)) {
    throw refused(name, "file-type", `files of type "${extension}" are not taken here`, { extension, types });
  }
  const content = await contentKind(path, name);
  const { kind } = content;
  const type = FILE_TYPES[extension];
  if (!(type ? type.kinds.includes(kind) : mayBeAnything(kind))) {
    throw refused(name, "file-content", `it is called .${extension} but its content is ${kind}`, {
      extension,
      found: kind,
    });
  }
  const base = claimed.split(";")[0]?.trim().toLowerCase() ?? "";
  const allowed = CLAIMS.get(base);
  if (allowed && !allowed.has(kind)) {
    throw refused(name, "file-claim", `it was sent as ${base} but its content is ${kind}`, {
      claimed: base,
      found: kind,
    });
  }
  return type ? mediaTypeOf(type.mediaType, content) : "application/octet-stream";
}

/** A site may name types we can't tell (drawings, say); what would run or show as a page is still none of them. */
function mayBeAnything(kind: string): boolean {
  return !PROGRAMS.includes(kind) && kind !== "html" && kind !== "svg";
}

function mediaTypeOf(mediaType: string, { charset }: ContentKind): string {
  return mediaType.startsWith("text/") && charset !== undefined ? `${mediaType}; charset=${charset}` : mediaType;
}

function refused(name: string, reason: string, why: string, facts: Record<string, unknown>): JinshuiError {
  return new JinshuiError("invalid-file", `${name} is refused: ${why}`, { details: { name, reason, ...facts } });
}
