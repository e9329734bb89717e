import { crc32, deflateRawSync } from "node:zlib";

/** One part of an archive; everything may be wrong on purpose. */
export interface ZipPart {
  name: string;
  content?: Buffer | string;
  /** Deflates; stored as it is otherwise. */
  deflate?: boolean;
  /** Unix mode, e.g. `0o120777` for a link. */
  mode?: number;
  flags?: number;
  /** Size the table of contents claims. */
  claimedSize?: number;
  /** Lies in the file but not in the table of contents. */
  hidden?: boolean;
  /** Entry of the table that points at an earlier part's bytes. */
  sameAs?: number;
}

/** An archive with exactly these parts. */
export function zip(parts: ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const table: Buffer[] = [];
  const written: { offset: number; packed: Buffer; size: number; crc: number }[] = [];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const shared = part.sameAs === undefined ? undefined : written[part.sameAs];
    const content = Buffer.from(part.content ?? "");
    const packed = shared?.packed ?? (part.deflate === true ? deflateRawSync(content, { level: 9 }) : content);
    const size = shared?.size ?? content.length;
    const crc = shared?.crc ?? crc32(content);
    const at = shared?.offset ?? offset;
    const method = part.deflate === true ? 8 : 0;
    const flags = (part.flags ?? 0) | 0x800;
    written.push({ offset: at, packed, size, crc });
    if (!shared) {
      const local = Buffer.alloc(30);
      local.writeUInt32LE(0x04034b50, 0);
      local.writeUInt16LE(20, 4);
      local.writeUInt16LE(flags, 6);
      local.writeUInt16LE(method, 8);
      local.writeUInt32LE(crc, 14);
      local.writeUInt32LE(packed.length, 18);
      local.writeUInt32LE(size, 22);
      local.writeUInt16LE(name.length, 26);
      locals.push(local, name, packed);
      offset += 30 + name.length + packed.length;
    }
    if (part.hidden === true) continue;
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE((3 << 8) | 20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(part.claimedSize ?? size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
    entry.writeUInt32LE(at, 42);
    table.push(entry, name);
  }
  const tableSize = table.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(table.length / 2, 8);
  end.writeUInt16LE(table.length / 2, 10);
  end.writeUInt32LE(tableSize, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...table, end]);
}

const CONTENT_TYPES = { name: "[Content_Types].xml", content: "<Types/>" };

/** The least that is taken for a Word document. */
export const docx = (parts: ZipPart[] = []): Buffer =>
  zip([CONTENT_TYPES, { name: "word/document.xml", content: "<document/>" }, ...parts]);

/** The least that is taken for an OFD document. */
export const ofd = (): Buffer => zip([{ name: "OFD.xml", content: "<OFD/>" }]);
