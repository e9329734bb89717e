import { create, type Font, type FontCollection } from "fontkit";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { decompress } from "woff2-encoder";

/** A font as a PDF takes it, and what it can write. */
export interface Face {
  name: string;
  bytes: Buffer;
  /** The face in a collection of several. */
  family?: string;
  has(character: string): boolean;
}

const PACKAGE = "@fontsource/noto-sans-sc";
/** Stands for a character that no font has, as in printing (下駄). */
export const MISSING = "〓";

/** Where systems keep a font with nearly all characters there are. */
const SYSTEM_FONTS = [
  process.env["JINSHUI_CJK_FONT"] ?? "",
  "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
  "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
];
const SYSTEM_FACE = "NotoSansCJKsc-Regular";

/**
 * Noto Sans SC from its npm package: nearly 8,000 characters in one file, more in slices, opened when a text asks for them. Rare ones
 * come from the system's Noto Sans CJK where that is installed (`apt-get install fonts-noto-cjk`).
 */
export class Fonts {
  readonly #faces = new Map<string, Promise<Face | undefined>>();
  #slices: Promise<{ name: string; ranges: [number, number][] }[]> | undefined;

  /** The faces that a text takes, the usual one first; characters that none has are in `missing`. */
  async facesFor(text: string): Promise<{ faces: Face[]; missing: string[] }> {
    const usual = await this.#face("chinese-simplified");
    const faces = usual ? [usual] : [];
    const missing: string[] = [];
    for (const character of new Set(`${text}${MISSING}`)) {
      if (character < " " || faces.some((face) => face.has(character))) continue;
      const face = await this.#faceWith(character);
      if (face) faces.push(face);
      else missing.push(character);
    }
    return { faces, missing };
  }

  async #faceWith(character: string): Promise<Face | undefined> {
    const point = character.codePointAt(0) ?? 0;
    this.#slices ??= readSlices();
    const names = (await this.#slices)
      .filter(({ ranges }) => ranges.some(([from, to]) => from <= point && point <= to))
      .map(({ name }) => name);
    for (const name of [...names, "system"]) {
      const face = await this.#face(name);
      if (face?.has(character) === true) return face;
    }
    return undefined;
  }

  #face(name: string): Promise<Face | undefined> {
    const known = this.#faces.get(name) ?? (name === "system" ? systemFace() : packagedFace(name));
    this.#faces.set(name, known);
    return known;
  }
}

async function packagedFace(name: string): Promise<Face> {
  const packed = await readFile(inPackage(`files/noto-sans-sc-${name}-400-normal.woff2`));
  const bytes = Buffer.from(await decompress(packed));
  return face(name, bytes, create(bytes) as Font);
}

async function systemFace(): Promise<Face | undefined> {
  const path = SYSTEM_FONTS.find((candidate) => candidate.endsWith(".ttc") && existsSync(candidate));
  if (path === undefined) return undefined;
  const bytes = await readFile(path);
  const font = (create(bytes) as FontCollection).getFont(SYSTEM_FACE);
  return font ? { ...face("system", bytes, font), family: SYSTEM_FACE } : undefined;
}

function face(name: string, bytes: Buffer, font: Font): Face {
  return { name, bytes, has: (character) => font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0) };
}

/** Which characters the slices of the package hold, as its style sheets say. */
async function readSlices(): Promise<{ name: string; ranges: [number, number][] }[]> {
  const listed = JSON.parse(await readFile(inPackage("unicode.json"), "utf8")) as Record<string, string>;
  return Object.entries(listed).map(([name, ranges]) => ({
    name: name.replace(/^\[(\d+)\]$/, "$1"),
    ranges: ranges.split(",").map((range): [number, number] => {
      const [from = "", to = from] = range.replace("U+", "").split("-");
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    }),
  }));
}

function inPackage(file: string): string {
  return fileURLToPath(import.meta.resolve(`${PACKAGE}/${file}`));
}
