import { setImmediate } from "node:timers/promises";
import Excel from "@protobi/exceljs";
import { invoice, invoiceValues } from "../storage/collection.mjs";

/** Writes a workbook of so many invented invoices, twelve cells each, as spreadsheets do: with shared texts and dates. */
export async function writeInvoices(filename, count) {
  const book = new Excel.stream.xlsx.WorkbookWriter({ filename, useStyles: true, useSharedStrings: true });
  const sheet = book.addWorksheet("发票");
  sheet.addRow(Object.values(invoice.fields).map(({ title }) => title["zh-CN"])).commit();
  for (let number = 1; number <= count; number += 1) {
    const values = invoiceValues(number);
    const cells = {
      ...values,
      amount: values.amount / 100,
      tax: values.tax / 100,
      issued: new Date(values.issued),
      entered: values.entered.slice(0, 19).replace("T", " "),
    };
    sheet.addRow(Object.values(cells)).commit();
    if (number % 1_000 === 0) await setImmediate();
  }
  await sheet.commit();
  await book.commit();
}
