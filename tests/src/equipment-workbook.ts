import Excel from "@protobi/exceljs";

const KINDS = [
  ["台式机", "启天 M6900"],
  ["便携式计算机", "昭阳 E260"],
  ["打印设备", "LQ-1600K"],
  ["服务器", "PowerEdge 2850"],
  ["交换设备", "S3526"],
  ["路由器", "AR 28-31"],
] as const;

/** A workbook of invented equipment; every row of `WRONG` carries one fault, and no two kinds of fault look alike. */
export async function equipmentWorkbook(rows = 2_000, wrong = 40): Promise<Buffer> {
  const workbook = new Excel.Workbook();
  const sheet = workbook.addWorksheet("设备清单");
  sheet.addRow([
    "资产编号",
    "设备名称",
    "类别",
    "品牌",
    "型号",
    "序列号",
    "存放地点",
    "原值（元）",
    "购置日期",
    "保修截止",
    "备注",
  ]);
  const every = Math.floor(rows / wrong);
  for (let index = 0; index < rows; index += 1) {
    const row = good(index);
    if (index % every === every - 1 && index / every < wrong)
      FAULTS[Math.floor(index / every) % FAULTS.length]?.(row, index);
    sheet.addRow(row);
  }
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

type Cells = (string | number | Date | null)[];

function good(index: number): Cells {
  const [kind, model] = KINDS[index % KINDS.length] ?? KINDS[0];
  const bought = new Date(Date.UTC(2003 + (index % 3), index % 12, 1 + (index % 28)));
  return [
    code(index),
    `${kind} ${index + 1}`,
    kind,
    "联想",
    model,
    `SN${String(1_000_000 + index)}`,
    `${1 + (index % 9)} 楼`,
    3_000 + (index % 50) * 100.5,
    bought,
    new Date(bought.getTime() + 3 * 365 * 86_400_000),
    null,
  ];
}

function code(index: number): string {
  return `WX-2005-${String(index + 10_000).padStart(5, "0")}`;
}

/** Ways in which people get a list wrong, one a row. */
const FAULTS: ((row: Cells, index: number) => void)[] = [
  (row) => void (row[0] = "wx-1"),
  (row) => void (row[0] = null),
  (row) => void (row[1] = null),
  (row) => void (row[1] = "很长的名称".repeat(20)),
  (row) => void (row[2] = "电脑"),
  (row) => void (row[2] = null),
  (row) => void (row[7] = "三千元"),
  (row) => void (row[7] = -100),
  (row) => void (row[7] = 10.005),
  (row) => void (row[8] = "2005-02-30"),
  (row) => void (row[8] = null),
  (row) => void (row[9] = "明年"),
  (row, index) => void (row[0] = code(index - 1)),
  (row, index) => void (row[5] = `SN${String(1_000_000 + index - 2)}`),
  (row) => void (row[10] = "备注".repeat(300)),
  (row) => void (row[0] = "WX-2005-1"),
];
