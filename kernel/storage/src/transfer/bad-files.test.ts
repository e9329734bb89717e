import { type ImportProblem, isJinshuiError, type TransferJob } from "@jinshui/contracts";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { sqliteDatabase } from "../testing/databases.js";
import { devices, keeper, storageService } from "../testing/storage-service.js";
import { imported, workbook } from "../testing/transfers.js";
import { zip, type ZipPart } from "../testing/zip.js";
import { openSheet } from "./reading/open-sheet.js";
import type { SheetRow } from "./reading/sheet.js";

const SHEET = "xl/worksheets/sheet1.xml";

function parts(sheet: string, more: ZipPart[] = []): ZipPart[] {
  return [
    { name: "[Content_Types].xml", content: "<Types/>", deflate: true },
    {
      name: "xl/workbook.xml",
      content:
        '<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="a" sheetId="1" r:id="r1"/></x:sheets></x:workbook>',
      deflate: true,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
      deflate: true,
    },
    { name: SHEET, content: sheet, deflate: true },
    ...more,
  ];
}

const sheetXml = (rows: string): string => `<x:worksheet xmlns:x="m"><x:sheetData>${rows}</x:sheetData></x:worksheet>`;
const inline = (reference: string, text: string): string =>
  `<x:c r="${reference}" t="inlineStr"><x:is><x:t>${text}</x:t></x:is></x:c>`;

async function rowsOf(t: ExecutionContext, content: Buffer): Promise<SheetRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-sheet-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "file");
  await writeFile(path, content);
  const rows: SheetRow[] = [];
  for await (const some of (await openSheet(path, "名单.xlsx")).rows) rows.push(...some);
  return rows;
}

async function refusal(t: ExecutionContext, content: Buffer): Promise<string> {
  const error = await t.throwsAsync(rowsOf(t, content));
  if (!isJinshuiError(error)) throw error;
  return `${error.code} ${String(error.details?.["reason"] ?? error.details?.["what"] ?? "")}`;
}

async function run(t: ExecutionContext, content: Buffer): Promise<TransferJob> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  return imported(await storageService(t, db.database), content, { collection: devices }, keeper);
}

const told = ({ problems }: TransferJob): string[] =>
  problems.map(({ row, column, code }: ImportProblem) => `${column ?? ""}${row} ${code}`);

// checklist: 44
test("a file that is no workbook, or a broken one, is refused with the reason", async (t) => {
  const sound = await workbook([
    ["编号", "名称"],
    ["WH-001", "x"],
  ]);
  t.is(await refusal(t, sound.subarray(0, sound.length - 200)), "invalid-file workbook");
  t.is(await refusal(t, Buffer.concat([Buffer.from("PK\u0003\u0004"), randomBytes(500)])), "invalid-file workbook");
  t.is(await refusal(t, zip(parts("<worksheet><sheetData><row>"))), "invalid-file workbook");
  t.is(await refusal(t, zip(parts(`<!DOCTYPE x [<!ENTITY a "b">]>${sheetXml("")}`))), "invalid-file workbook");
  t.is(await refusal(t, zip(parts(sheetXml(inline("A1", "&a;"))))), "invalid-file workbook");
  t.is(await refusal(t, zip(parts("").slice(0, 3))), "invalid-file no-sheet");
  t.is(await refusal(t, zip([{ name: "a.txt", content: "x" }])), "invalid-file no-sheet");
  t.is(await refusal(t, Buffer.from([0x61, 0xff, 0xff, 0x80, 0x0a])), "invalid-file encoding");
  t.is(await refusal(t, Buffer.from("a,b\0c\n")), "invalid-file encoding");
  t.is(await refusal(t, Buffer.from('编号,名称\n"WH-001,x\n')), "invalid-file csv");
});

test("what unpacks to very much is refused by what its table of contents says, or when it says less than there is", async (t) => {
  const zeros = " ".repeat(20 * 1024 * 1024);
  t.is(await refusal(t, zip(parts(sheetXml(zeros)))), "too-large bytes when it is unpacked");
  const lying = parts(sheetXml(zeros)).map((part) => (part.name === SHEET ? { ...part, claimedSize: 1_000 } : part));
  t.is(await refusal(t, zip(lying)), "invalid-file workbook");
  const many = Array.from({ length: 1_001 }, (_, index) => ({ name: `xl/media/${index}` }));
  t.is(await refusal(t, zip(parts(sheetXml(""), many))), "too-large parts");
});

test("a text of ten megabytes is a wrong cell, and nothing of it but its beginning is kept", async (t) => {
  const long = randomBytes(5 * 1024 * 1024).toString("hex");
  const rows = `<x:row r="1">${inline("A1", "编号")}${inline("B1", "名称")}</x:row><x:row r="2">${inline("A2", "WH-001")}${inline("B2", long)}</x:row><x:row r="3">${inline("A3", "WH-002")}${inline("B3", "好")}</x:row>`;
  const job = await run(t, zip(parts(sheetXml(rows))));
  t.deepEqual([job.inserted, told(job)], [1, ["B2 too-long"]]);
  t.true((job.problems[0]?.value?.length ?? 0) <= 100);
  const csv = await run(t, Buffer.from(`编号,名称\nWH-001,${long}\nWH-002,好\n`));
  t.deepEqual([csv.inserted, told(csv)], [1, ["B2 too-long"]]);
  const endless = randomBytes(10 * 1024 * 1024).toString("hex");
  t.is(await refusal(t, zip(parts(sheetXml(`<x:row>${inline("A1", endless)}</x:row>`)))), "invalid-file workbook");
  t.is(await refusal(t, Buffer.from(`a,b\n${endless},x\n`)), "too-large bytes in one line");
});

test("thousands of columns, an empty sheet, and a sheet that begins with data are told apart", async (t) => {
  const wide = await workbook([Array.from({ length: 2_000 }, (_, index) => `列${index}`)]);
  t.is(await refusal(t, wide), "too-large columns");
  t.like((await run(t, wide)).error, { code: "too-large" });
  t.like((await run(t, await workbook([]))).error, { code: "invalid-file", details: { reason: "empty" } } as never);
  t.like((await run(t, Buffer.from("\r\n\r\n"))).error, { details: { reason: "empty" } } as never);
  t.like((await run(t, await workbook([["WH-001", "x"]]))).error, { details: { missing: ["编号", "名称"] } } as never);
  const only = await run(t, Buffer.from("编号,名称\n"));
  t.like(only, { state: "done", done: 0, total: 0, inserted: 0 });
});

test("cells of every kind are read as they were saved", async (t) => {
  const texts =
    "<sst><si><t>a</t></si><si><r><t>富</t></r><r><t>文本</t></r><rPh><t>x</t></rPh></si><si><t>_x000D_b_x005F_x0041_</t></si></sst>";
  const rows =
    '<x:row><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c><x:f>1+1</x:f></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row>' +
    '<x:row r="7"><x:c r="C7" t="b"><x:v>1</x:v></x:c><x:c r="AA7" t="str"><x:f>x</x:f><x:v>文</x:v></x:c><x:c r="AB7"/></x:row>';
  const found = await rowsOf(t, zip(parts(sheetXml(rows), [{ name: "xl/sharedStrings.xml", content: texts }])));
  t.deepEqual(
    found.map(({ number, cells }) => [number, ...[...cells].map(([at, { kind, text }]) => `${at} ${kind} ${text}`)]),
    [
      [1, "1 text 富文本", "2 text \rb_x0041_", "3 number 2", "4 formula ", "5 error #N/A"],
      [7, "3 boolean 1", "27 text 文"],
    ],
  );
});
