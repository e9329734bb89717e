/**
 * Text of an XML file: by its byte order mark, else by the encoding it declares, else UTF-8.
 * @param {Buffer} bytes
 */
export function decoded(bytes) {
  const declared = /^[^>]*?encoding\s*=\s*["']([^"']+)["']/.exec(bytes.subarray(0, 200).toString("latin1"))?.[1];
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : /^utf-?16/i.test(declared ?? "")
          ? "utf-8"
          : (declared ?? "utf-8");
  return new TextDecoder(encoding).decode(bytes);
}
