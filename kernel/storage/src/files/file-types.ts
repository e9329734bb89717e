/** What a content may be for a file of this extension, and how it is told to browsers. */
export interface FileType {
  mediaType: string;
  /** Kinds as `contentKind` names them. */
  kinds: readonly string[];
  /** Browsers may show it on the download origin: it can't run anything. */
  inline?: true;
}

const xml: FileType = { mediaType: "application/xml", kinds: ["xml"] };
const text: FileType = { mediaType: "text/plain", kinds: ["text"], inline: true };
const image = (mediaType: string, ...kinds: string[]): FileType => ({ mediaType, kinds, inline: true });
const media = (mediaType: string, ...kinds: string[]): FileType => ({ mediaType, kinds, inline: true });
const openXml = (part: string, kind: string): FileType => ({
  mediaType: `application/vnd.openxmlformats-officedocument.${part}`,
  kinds: [kind],
});
const openDocument = (part: string, kind: string): FileType => ({
  mediaType: `application/vnd.oasis.opendocument.${part}`,
  kinds: [kind],
});

/** Extensions we can tell by content. `cfb` is the container of Word 97 and of WPS. */
export const FILE_TYPES: Readonly<Record<string, FileType>> = {
  pdf: { mediaType: "application/pdf", kinds: ["pdf"], inline: true },
  ofd: { mediaType: "application/ofd", kinds: ["ofd"] },
  docx: openXml("wordprocessingml.document", "docx"),
  xlsx: openXml("spreadsheetml.sheet", "xlsx"),
  pptx: openXml("presentationml.presentation", "pptx"),
  doc: { mediaType: "application/msword", kinds: ["cfb", "rtf"] },
  xls: { mediaType: "application/vnd.ms-excel", kinds: ["cfb"] },
  ppt: { mediaType: "application/vnd.ms-powerpoint", kinds: ["cfb"] },
  wps: { mediaType: "application/vnd.ms-works", kinds: ["cfb", "docx"] },
  et: { mediaType: "application/kset", kinds: ["cfb", "xlsx"] },
  dps: { mediaType: "application/ksdps", kinds: ["cfb", "pptx"] },
  odt: openDocument("text", "odt"),
  ods: openDocument("spreadsheet", "ods"),
  odp: openDocument("presentation", "odp"),
  rtf: { mediaType: "application/rtf", kinds: ["rtf"] },
  txt: text,
  md: text,
  csv: { mediaType: "text/csv", kinds: ["text"] },
  json: { mediaType: "application/json", kinds: ["text"] },
  xml,
  bpmn: xml,
  dmn: xml,
  png: image("image/png", "png", "apng"),
  jpg: image("image/jpeg", "jpg"),
  jpeg: image("image/jpeg", "jpg"),
  gif: image("image/gif", "gif"),
  webp: image("image/webp", "webp"),
  bmp: image("image/bmp", "bmp"),
  tif: { mediaType: "image/tiff", kinds: ["tif"] },
  tiff: { mediaType: "image/tiff", kinds: ["tif"] },
  heic: { mediaType: "image/heic", kinds: ["heic"] },
  mp4: media("video/mp4", "mp4", "m4v"),
  webm: media("video/webm", "webm", "mkv"),
  mov: { mediaType: "video/quicktime", kinds: ["mov"] },
  mp3: media("audio/mpeg", "mp3"),
  wav: media("audio/wav", "wav"),
  m4a: media("audio/mp4", "m4a"),
  zip: { mediaType: "application/zip", kinds: ["zip"] },
  svg: { mediaType: "image/svg+xml", kinds: ["svg"] },
  html: { mediaType: "text/html", kinds: ["html", "text"] },
};

/** Can run where it is opened: kept out unless a site asks for it. */
const ACTIVE = ["svg", "html"];

/** What a site takes when its configuration names nothing. */
export const USUAL_TYPES: readonly string[] = Object.keys(FILE_TYPES).filter((type) => !ACTIVE.includes(type));

/** Never taken, whatever it is called. */
export const PROGRAMS: readonly string[] = ["exe", "elf", "macho", "jar", "apk", "class", "lnk", "wasm", "dex", "crx"];

/** Kinds that a claimed media type allows; browsers take theirs from the system, so old names are about. */
export const CLAIMS: ReadonlyMap<string, ReadonlySet<string>> = claims();

function claims(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (type: string, kinds: readonly string[]): void => {
    const known = found.get(type) ?? new Set();
    for (const kind of kinds) known.add(kind);
    found.set(type, known);
  };
  for (const { mediaType, kinds } of Object.values(FILE_TYPES)) add(mediaType, kinds);
  add("text/plain", ["text", "xml"]);
  add("text/xml", ["xml", "svg"]);
  add("application/xml", ["xml", "svg"]);
  // what Windows with Office says of .csv, and what old workbooks are sent as
  add("application/vnd.ms-excel", ["cfb", "text", "xlsx"]);
  add("application/msword", ["cfb", "rtf", "docx"]);
  add("application/zip", ["ofd", "docx", "xlsx", "pptx", "odt", "ods", "odp"]);
  return found;
}

/** Whether browsers may show a stored media type on the download origin. */
export function isInline(mediaType: string): boolean {
  const base = mediaType.split(";")[0];
  return Object.values(FILE_TYPES).some((type) => type.inline === true && type.mediaType === base);
}
