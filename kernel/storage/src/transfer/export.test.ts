import iconv from "iconv-lite";
import { eachDatabase } from "../testing/each.js";
import { caseNumber, matter, note, office } from "../testing/matters.js";
import { as, codeOf, device, devices, keeper, storageService } from "../testing/storage-service.js";
import { contentOf, exported, imported, resultOf, sheetOf, valuesOf } from "../testing/transfers.js";
import type { StorageService } from "../collections/service.js";

const chief = "周正:case.view:case.manage:case.unmask:case.secret:case.export";
const matters = "case.matter";
const DANGEROUS = [
  "=1+1",
  "+86",
  "-3",
  "@SUM(A1)",
  "\tx",
  "\rx",
  "'=quoted",
  "''+more",
  "a\rb\nc",
  "_x000D_",
  '"',
  " 中,文",
];

async function fill(service: StorageService, names: readonly string[]): Promise<void> {
  const operations = names.map((name, index) => ({
    op: "insert" as const,
    collection: devices,
    values: { code: `WH-${String(index + 1).padStart(3, "0")}`, name, price: index * 1_001 + 29, bought: "2026-11-26" },
  }));
  await service.handlers.transact({ operations }, as(keeper));
}

// checklist: 43
eachDatabase("texts that a spreadsheet would calculate stay texts, and come back as they were", async (t, db) => {
  for (const asked of [
    { format: "xlsx" as const },
    { format: "csv" as const },
    { format: "csv" as const, encoding: "gb18030" as const },
  ]) {
    const service = await storageService(t, db.database);
    await fill(service, DANGEROUS);
    const job = await exported(service, { collection: devices, sort: ["code"], ...asked }, keeper);
    t.like(job, { state: "done", done: DANGEROUS.length, total: DANGEROUS.length });
    const content = await resultOf(service, job, keeper);
    if (asked.format === "xlsx") {
      const sheet = await sheetOf(content);
      t.deepEqual((sheet.getRow(1).values as unknown[]).slice(1), ["编号", "名称", "类别", "原值", "购置日期", "状态"]);
      t.is(sheet.getCell("B2").value, "=1+1");
      t.is(sheet.getCell("D2").value, 0.29);
      t.deepEqual(sheet.getCell("E2").value, new Date("2026-11-26T00:00:00Z"));
    } else {
      const text = asked.encoding === "gb18030" ? iconv.decode(content, "gb18030") : content.toString();
      t.is(text.startsWith("\ufeff"), asked.encoding === undefined);
      t.true(text.includes("'=1+1,,0.29,2026-11-26,在库\r\n"), text.slice(0, 200));
    }
    const { records } = await service.handlers.find({ collection: devices, sort: ["code"] }, as(keeper));
    const before = records.map(({ values }) => values);
    for (const { id, version } of records)
      await service.handlers.remove({ collection: devices, id, version }, as(keeper));
    const again = await imported(service, content, { collection: devices }, keeper);
    t.deepEqual([again.inserted, again.problems], [DANGEROUS.length, []]);
    const after = await service.handlers.find({ collection: devices, sort: ["code"] }, as(keeper));
    t.deepEqual(
      after.records.map(({ values }) => values),
      before,
    );
    for (const { id, version } of after.records)
      await service.handlers.remove({ collection: devices, id, version }, as(keeper));
  }
});

// checklist: 52
eachDatabase(
  "an export is the list as it was asked for, masked as it is seen, and stands in the audit trail",
  async (t, db) => {
    const service = await storageService(t, db.database, [office, matter, note], {
      plugin: "case",
      formats: [caseNumber],
    });
    const { insert } = service.handlers;
    const hall = await insert({ collection: "case.office", values: { name: "办税厅" } }, as(chief));
    for (const [title, amount, rate] of [
      ["甲", 100, "0.1"],
      ["乙", 250, "0.1300"],
      ["丙", -5_00, "1"],
    ] as const)
      if (amount > 0)
        await insert(
          {
            collection: matters,
            values: {
              title,
              amount,
              rate,
              office: hall.id,
              reference: "123458",
              hint: "密",
              seen: "2026-01-01T00:00:00.000Z",
            },
          },
          as(chief),
        );
    const all = await exported(
      service,
      {
        collection: matters,
        format: "xlsx",
        filter: { amount: { gte: 200 } },
        fields: ["title", "office", "reference", "amount", "rate", "seen", "hint"],
      },
      chief,
    );
    const rows = valuesOf(await sheetOf(await resultOf(service, all, chief)));
    t.deepEqual(rows, [
      ["标题", "机构", "案号", "税额", "税率", "查看", "线索"],
      ["乙", "办税厅", "123458", 2.5, 0.13, "2026-01-01 08:00:00", "密"],
    ]);
    const some = "看:case.view:case.export";
    const masked = await exported(service, { collection: matters, format: "csv", sort: ["title"] }, some);
    const text = (await resultOf(service, masked, some)).toString();
    t.true(text.includes("12***8"), text);
    t.false(text.includes("123458") || text.includes("密") || text.includes("线索"), text);
    const { startExport } = service.handlers;
    const hidden = startExport({ collection: matters, format: "csv", fields: ["hint"] }, as(some));
    t.is(await codeOf(t, hidden), "forbidden");
    t.is(await codeOf(t, startExport({ collection: matters, format: "csv" }, as("看:case.view"))), "forbidden");
    t.is(
      await codeOf(t, startExport({ collection: matters, format: "csv", sort: ["x"] }, as(some))),
      "invalid-request",
    );
    t.is(
      await codeOf(t, startExport({ collection: matters, format: "csv", fields: ["id"] }, as(some))),
      "invalid-request",
    );
    const entries = await db.database.find("audit_entry", { where: { action: "export" }, orderBy: ["id"] });
    t.is(entries.length, 2);
    t.like(entries[0], {
      actor_id: "周正",
      resource: matters,
      after_value: { count: 1, filter: { amount: { gte: 200 } }, format: "xlsx" },
    } as never);
    t.is(await codeOf(t, service.handlers.transfer({ id: all.id }, as(some))), "not-found");
    const { jobs } = await service.handlers.transfers({ limit: 1 }, as(some));
    t.deepEqual(
      jobs.map(({ id }) => id),
      [masked.id],
    );
  },
);

eachDatabase("pages of an export leave nothing out, sorted or not", async (t, db) => {
  const service = await storageService(t, db.database);
  await fill(
    service,
    Array.from({ length: 25 }, (_, index) => `名${index % 5}`),
  );
  Object.assign(service.limits, { page: 4 });
  for (const sort of [undefined, ["-name"]]) {
    const job = await exported(service, { collection: devices, format: "csv", ...(sort ? { sort } : {}) }, keeper);
    const lines = (await resultOf(service, job, keeper)).toString().trim().split("\r\n").slice(1);
    t.is(new Set(lines).size, 25);
  }
  Object.assign(service.limits, { maxRows: 24 });
  const job = await exported(service, { collection: devices, format: "csv" }, keeper);
  t.like(job, { state: "failed", error: { code: "too-large" } } as never);
});

eachDatabase(
  "a template names what a person fills in, offers choices, and is an import once filled in",
  async (t, db) => {
    const service = await storageService(t, db.database, [
      { ...device, fields: { ...device.fields, ready: { type: "boolean", title: { "zh-CN": "可用" } } } },
    ]);
    const { file, name } = await service.handlers.importTemplate({ collection: devices }, as(keeper));
    t.is(name, "设备-导入模板.xlsx");
    const sheet = await sheetOf(await contentOf(service, file, keeper));
    t.deepEqual(valuesOf(sheet), [["编号*", "名称*", "类别", "原值", "购置日期", "可用"]]);
    t.like(sheet.getCell("C2").dataValidation, { type: "list", formulae: ["'选项'!$C$2:$C$3"] });
    t.regex(JSON.stringify(sheet.getCell("A1").note), /必填.*“示例”工作表/);
    t.regex(JSON.stringify(sheet.getCell("D1").note), /例如 1234[.]50/);
    t.is(sheet.getColumn(1).numFmt, "@");
    sheet.getRow(2).values = ["WH-001", "机", "打印机", 12.3, new Date("2026-11-26T00:00:00Z"), "是"];
    const job = await imported(
      service,
      Buffer.from(await sheet.workbook.xlsx.writeBuffer()),
      { collection: devices },
      keeper,
    );
    t.deepEqual([job.inserted, job.problems, job.error], [1, [], undefined]);
    const { records } = await service.handlers.find({ collection: devices }, as(keeper));
    t.like(records[0]?.values, { code: "WH-001", kind: "printer", price: 1_230, bought: "2026-11-26", ready: true });
    t.is(await codeOf(t, service.handlers.importTemplate({ collection: devices }, as("看:asset.view"))), "forbidden");
  },
);
