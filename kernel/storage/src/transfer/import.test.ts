import type { StoredRecord } from "@jinshui/contracts";
import iconv from "iconv-lite";
import { eachDatabase } from "../testing/each.js";
import { matter, note, office, caseNumber } from "../testing/matters.js";
import { as, codeOf, devices, keeper, storageService } from "../testing/storage-service.js";
import { imported, resultOf, sheetOf, upload, workbook } from "../testing/transfers.js";

const chief = "周正:case.view:case.manage:case.unmask:case.secret";
const matters = "case.matter";
const HEADING = ["编号*", "名称", "类别", "原值", "购置日期", "状态"];

eachDatabase(
  "good rows of a workbook go in, every wrong cell is named, and the wrong rows come back in red",
  async (t, db) => {
    const service = await storageService(t, db.database);
    await service.handlers.insert({ collection: devices, values: { code: "WH-100", name: "旧" } }, as(keeper));
    const file = await workbook([
      HEADING,
      ["WH-101", "好机", "台式机", 4500.5, new Date("2005-03-01T00:00:00Z"), "在库"],
      ["wrong", "", "船", "一千", "2005-02-30", ""],
      ["WH-100", "重", "打印机", "￥1,200", "2005年3月1日"],
      ["WH-101", "又", "", -5],
      ["WH-103", "状态", "", "", "", "在用"],
    ]);
    const checked = await imported(service, file, { collection: devices, checkOnly: true }, keeper);
    const problems = checked.problems.map(({ row, column, code }) => `${column ?? ""}${row} ${code}`);
    t.deepEqual(problems.sort(), [
      "A3 pattern",
      "A4 not-unique",
      "A5 duplicate-row",
      "B3 required",
      "C3 option",
      "D3 type",
      "D5 too-small",
      "E3 type",
      "F6 not-writable",
    ]);
    t.is(
      checked.problems.find(({ code }) => code === "option")?.message["zh-CN"],
      "不在可选范围内，应为其中之一：台式机、打印机",
    );
    t.like(checked, { state: "done", checkOnly: true, total: 5, done: 5, valid: 1, inserted: 0, problemRows: 4 });
    t.is(checked.problems.find(({ code }) => code === "duplicate-row")?.message["zh-CN"], "与第 2 行重复");
    t.is((await service.handlers.count({ collection: devices }, as(keeper))).total, 1);

    const job = await imported(service, file, { collection: devices }, keeper);
    t.like(job, { state: "done", inserted: 1, problemRows: 4, total: 5 });
    const { records } = await service.handlers.find({ collection: devices, search: "好机" }, as(keeper));
    t.like(records[0]?.values, {
      code: "WH-101",
      kind: "desktop",
      price: 450_050,
      bought: "2005-03-01",
      state: "idle",
    });

    const sheet = await sheetOf(await resultOf(service, job, keeper));
    t.is(sheet.rowCount, 5);
    t.deepEqual((sheet.getRow(1).values as unknown[]).slice(1), [...HEADING, "错误说明"]);
    t.like(sheet.getCell("A2").fill, { fgColor: { argb: "FFFFC7CE" } });
    t.is(sheet.getCell("A2").note, "格式不符：如 WH-001");
    t.is(sheet.getCell("A3").text, "WH-100");
    for (const [cell, value] of Object.entries({
      A2: "WH-104",
      B2: "名",
      C2: "打印机",
      D2: 1,
      E2: "2005-02-28",
      A3: "WH-105",
      A4: "WH-106",
      D4: 5,
      F5: "",
    }))
      sheet.getCell(cell).value = value;
    const corrected = Buffer.from(await sheet.workbook.xlsx.writeBuffer());
    const again = await imported(service, corrected, { collection: devices }, keeper);
    t.like(again, { state: "done", inserted: 4, problemRows: 0 });
    t.is(again.result, undefined);
    t.is(await db.database.count("transfer_bad_row"), 0);
  },
);

eachDatabase("text files are read whatever their encoding, and money, dates and numbers exactly", async (t, db) => {
  const service = await storageService(t, db.database);
  const line = (code: string, price: string, date: string): string => `${code},"台,式""机",${price},${date} \r\n`;
  const head = "编号,名称,原值,购置日期\r\n";
  const files: [string, Buffer][] = [
    ["WH-001", Buffer.from(head + line("WH-001", "0.29", "2026-11-26"))],
    ["WH-002", Buffer.from("\ufeff" + head + line("WH-002", "１，２００．１", "2026/1/6"))],
    ["WH-003", iconv.encode(head + line("WH-003", "90071992547409.91", "2026年11月6日"), "gb18030")],
    ["WH-004", iconv.encode("\ufeff" + head + line("WH-004", "1.10元", "２０２６-11-26"), "utf-16le")],
    ["WH-005", iconv.encode("\ufeff" + head + line("WH-005", "1E2", "20261126"), "utf-16be")],
    ["WH-006", Buffer.from(`编号;名称;原值\n WH-006;x;1\n`)],
  ];
  const prices = [29, 120_010, 9_007_199_254_740_991, 110, 10_000, 100];
  const dates = ["2026-11-26", "2026-01-06", "2026-11-06", "2026-11-26", "2026-11-26", undefined];
  for (const [index, [code, content]] of files.entries()) {
    const job = await imported(service, content, { collection: devices }, keeper);
    t.deepEqual(
      [job.state, job.inserted, job.problems, job.error],
      ["done", index === 5 ? 0 : 1, index === 5 ? job.problems : [], undefined],
      code,
    );
    const { records } = await service.handlers.find({ collection: devices, filter: { code } }, as(keeper));
    if (index < 5) t.like(records[0]?.values, { name: '台,式"机', price: prices[index], bought: dates[index] }, code);
  }
});

eachDatabase("references go by title, number or id; formulas by the value they were saved with", async (t, db) => {
  const service = await storageService(t, db.database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const hall = await service.handlers.insert({ collection: "case.office", values: { name: "办税厅" } }, as(chief));
  const file = await workbook(
    [
      ["标题", "机构", "税额", "税率", "查看", "案号", "文号"],
      ["甲", "办税厅", 0.1 + 0.2, 0.13, "2026-11-26 09:30", "１２３４５８"],
      ["乙", hall.id, 1, "0.13456"],
      ["丙", "无此机构"],
      ["丁", null, 1],
      ["戊", null, 1],
      ["己", null, null, null, null, 1.23e17],
      [{ richText: [{ text: "庚" }, { text: "字" }] }, "办税厅", "1,000.00"],
    ],
    (sheet) => {
      sheet.getCell("C5").value = { formula: "1+1", result: 2 };
      sheet.getCell("C6").value = { formula: "1+1" };
    },
  );
  const job = await imported(service, file, { collection: matters }, chief);
  t.deepEqual(
    job.problems.map(({ row, column, code }) => `${column ?? ""}${row} ${code}`),
    ["D3 type", "B4 reference", "C6 formula", "F7 scientific"],
  );
  t.deepEqual(job.ignored, ["文号"]);
  const { records } = await service.handlers.find({ collection: matters, sort: ["title"] }, as(chief));
  const byTitle = new Map(records.map(({ values }) => [values["title"], values]));
  t.like(byTitle.get("甲"), {
    office: hall.id,
    amount: 30,
    rate: "0.1300",
    reference: "123458",
    seen: "2026-11-26T01:30:00.000Z",
  });
  t.like(byTitle.get("丁"), { amount: 200 });
  t.like(byTitle.get("庚字"), { office: hall.id, amount: 100_000 });
  t.is(byTitle.size, 3);
});

eachDatabase("rows of a tree may refer to rows before them", async (t, db) => {
  const service = await storageService(t, db.database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const content = Buffer.from("名称,上级\n市局,\n县局,市局\n分局,县局\n孤,无\n");
  const checked = await imported(service, content, { collection: "case.office", checkOnly: true }, chief);
  t.deepEqual([checked.valid, checked.problemRows], [3, 1]);
  const job = await imported(service, content, { collection: "case.office" }, chief);
  t.like(job, { state: "done", inserted: 3, problemRows: 1 });
});

eachDatabase(
  "columns that are unknown, missing or there twice fail the import before anything is written",
  async (t, db) => {
    const service = await storageService(t, db.database);
    const run = (text: string, ignoreUnknown = false): ReturnType<typeof imported> =>
      imported(service, Buffer.from(text), { collection: devices, ignoreUnknown }, keeper);
    t.like(await run("编号,名称,颜色\nWH-001,x,红\n"), {
      state: "failed",
      inserted: 0,
      error: { code: "invalid-file", details: { unknown: ["颜色 (C)"], reason: "heading" } },
    } as never);
    t.like(await run("编号,类别\nWH-001,台式机\n"), {
      state: "failed",
      error: { details: { missing: ["名称"] } },
    } as never);
    t.like(await run("编号,名称,code\nWH-001,x,WH-002\n"), {
      state: "failed",
      error: { details: { duplicate: ["code (C)"] } },
    } as never);
    t.like(await run("WH-001,x\n"), { state: "failed" });
    const passed = await run("编号,名称,颜色\nWH-001,x,红\n", true);
    t.like(passed, { state: "done", inserted: 1, ignored: ["颜色 (C)"] } as never);
  },
);

eachDatabase("an upsert changes what is there, adds what is not, and leaves alone what is the same", async (t, db) => {
  const service = await storageService(t, db.database);
  const { insert, find, startImport } = service.handlers;
  const made: StoredRecord[] = [];
  for (const code of ["WH-001", "WH-002"])
    made.push(await insert({ collection: devices, values: { code, name: "旧", price: 100 } }, as(keeper)));
  const content = Buffer.from("编号,名称,原值\nWH-001,新,\nWH-002,旧,1.00\nWH-003,三,3\nWH-003,又,4\n,无号,1\n");
  const asked = { collection: devices, mode: "upsert" as const, key: "code" };
  const job = await imported(service, content, asked, keeper);
  t.like(job, { state: "done", inserted: 1, updated: 1, unchanged: 1, problemRows: 2 });
  t.deepEqual(
    job.problems.map(({ row, code }) => `${row} ${code}`),
    ["5 duplicate-row", "6 required"],
  );
  const { records } = await find({ collection: devices, sort: ["code"] }, as(keeper));
  t.deepEqual(
    records.map(({ values: { code, name, price }, version }) => [code, name, price, version]),
    [
      ["WH-001", "新", 100, 2],
      ["WH-002", "旧", 100, 1],
      ["WH-003", "三", 300, 1],
    ],
  );
  const file = await upload(service, content, "x.csv", keeper);
  t.is(await codeOf(t, startImport({ ...asked, key: "name", file }, as(keeper))), "invalid-request");
});
