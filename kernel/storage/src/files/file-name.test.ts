import test from "ava";
import fc from "fast-check";
import { cleanFileName, extensionOf } from "./file-name.js";

test("names lose paths, controls, turns of direction and what Windows keeps for itself", (t) => {
  const cases: [string, string][] = [
    ["报告 2005.pdf", "报告 2005.pdf"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["C:\\Windows\\系统.txt", "C__Windows_系统.txt"],
    ["报告\u202Efdp.exe", "报告fdp.exe"],
    ["a\u0000b\r\nSet-Cookie: x.txt", "abSet-Cookie_ x.txt"],
    ["con.txt", "_con.txt"],
    ["COM1", "_COM1"],
    ["lpt9 .csv", "_lpt9 .csv"],
    ["console.txt", "console.txt"],
    ["  .htaccess", "htaccess"],
    ["名称. . .", "名称"],
    ["\u200b\ufeff", "file"],
    ["...", "file"],
    ["e\u0301.txt", "\u00e9.txt"],
    ["\ud800.txt", "\ufffd.txt"],
    ['a"b*c?.md', "a_b_c_.md"],
  ];
  for (const [given, cleaned] of cases) t.is(cleanFileName(given), cleaned, JSON.stringify(given));
});

test("a long name keeps its extension, and no character is cut in half", (t) => {
  const long = cleanFileName(`${"长".repeat(300)}.xlsx`);
  t.is(long.length, 200);
  t.true(long.endsWith(".xlsx"));
  t.true(cleanFileName(`${"𠮷".repeat(300)}.xlsx`).isWellFormed());
});

test("whatever comes, a cleaned name is short, well formed, no path, and clean already", (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 400 })), (name) => {
      const cleaned = cleanFileName(name);
      t.true(cleaned.length > 0 && cleaned.length <= 200 && cleaned.isWellFormed());
      t.notRegex(cleaned, /[\\/:*?"<>|\u0000-\u001f\u202a-\u202e\u2066-\u2069]|^\.|\.$/);
      t.is(cleanFileName(cleaned), cleaned);
    }),
  );
});

test("an extension is what comes after the last dot, in lower case", (t) => {
  t.is(extensionOf("a.tar.GZ"), "gz");
  t.is(extensionOf("说明"), "");
  t.is(extensionOf("a.文件"), "");
});
