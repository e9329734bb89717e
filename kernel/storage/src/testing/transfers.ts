import type { OpInput, StorageApi, TransferJob } from "@jinshui/contracts";
import Excel from "@protobi/exceljs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { StorageService } from "../collections/service.js";
import { as } from "./storage-service.js";

type Asked = Omit<OpInput<StorageApi, "startImport">, "file">;

/** A workbook of these rows, made by a library that is none of ours. */
export async function workbook(
  rows: unknown[][],
  change: (sheet: Excel.Worksheet) => void = () => undefined,
): Promise<Buffer> {
  const book = new Excel.Workbook();
  const sheet = book.addWorksheet("清单");
  sheet.addRows(rows);
  change(sheet);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A text file of devices, of which some have a wrong code. */
export function lines(count: number, wrong: (index: number) => boolean = () => false): Buffer {
  const rows = Array.from({ length: count }, (_, index) => {
    const code = wrong(index) ? `bad ${index}` : `WH-${String(index).padStart(3, "0")}`;
    return `${code},设备${index},${index}.50\n`;
  });
  return Buffer.from(`编号,名称,原值\n${rows.join("")}`);
}

/** Puts a file into the store as somebody's upload. */
export async function upload(service: StorageService, content: Buffer, name: string, actor: string): Promise<string> {
  const about = { name, mediaType: "application/octet-stream", bureau: "wuhu", actor: ownerOf(actor) };
  return (await service.files.put(Readable.from([content]), about)).file;
}

/** Imports a content and waits for the end. */
export async function imported(
  service: StorageService,
  content: Buffer,
  asked: Asked,
  actor: string,
  name = content.subarray(0, 2).toString("latin1") === "PK" ? "清单.xlsx" : "清单.csv",
): Promise<TransferJob> {
  const file = await upload(service, content, name, actor);
  const { id } = await service.handlers.startImport({ ...asked, file }, as(actor, { op: "startImport" }));
  return ended(service, id, actor);
}

/** Exports and waits for the end. */
export async function exported(
  service: StorageService,
  asked: OpInput<StorageApi, "startExport">,
  actor: string,
): Promise<TransferJob> {
  const { id } = await service.handlers.startExport(asked, as(actor, { op: "startExport" }));
  return ended(service, id, actor);
}

/** A job once it has ended. */
export async function ended(service: StorageService, id: string, actor: string): Promise<TransferJob> {
  for (let waited = 0; ; waited += 20) {
    const job = await service.handlers.transfer({ id }, as(actor));
    if (!["waiting", "running"].includes(job.state)) {
      await service.transferred();
      return job;
    }
    if (waited > 120_000) throw new Error(`job ${id} is still ${job.state} at row ${job.done}`);
    await sleep(20);
  }
}

/** What a job has made, as its owner downloads it. */
export async function resultOf(service: StorageService, job: TransferJob, actor: string): Promise<Buffer> {
  if (!job.result) throw new Error(`job ${job.id} is ${job.state}: ${JSON.stringify(job)}`);
  return contentOf(service, job.result.file, actor);
}

/** A file's content, by a link of its owner's. */
export async function contentOf(service: StorageService, file: string, actor: string): Promise<Buffer> {
  const { url } = await service.handlers.claimFile({ file }, as(actor));
  const [, , ticket = ""] = url.split("/");
  const opened = await service.files.openWith(ticket);
  return Buffer.concat(await (await opened.content()).toArray());
}

/** The first sheet of a workbook, read by a library that is none of ours. */
export async function sheetOf(content: Buffer, index = 0): Promise<Excel.Worksheet> {
  const book = new Excel.Workbook();
  await book.xlsx.load(content as unknown as Parameters<typeof book.xlsx.load>[0]);
  const sheet = book.worksheets[index];
  if (!sheet) throw new Error("there is no such sheet");
  return sheet;
}

/** Values of a sheet by row, from the first cell on. */
export function valuesOf(sheet: Excel.Worksheet): unknown[][] {
  const rows: unknown[][] = [];
  sheet.eachRow((row) => rows.push((row.values as unknown[]).slice(1)));
  return rows;
}

function ownerOf(actor: string): string {
  return /^[^@:]*/.exec(actor)?.[0] ?? "";
}
