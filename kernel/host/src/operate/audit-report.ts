import type { AuditProblem, AuditProblemKind, AuditReport } from "@jinshui/storage";

const KINDS: Record<AuditProblemKind, string> = {
  edited: "被改动",
  deleted: "被删除",
  swapped: "被调换",
  "cut-tail": "尾部被截断",
  rewritten: "整段被重写",
  "old-head": "链头与记录不符",
  "forged-anchor": "锚点系伪造",
  "missing-anchor": "锚点缺失",
  "key-mismatch": "锚点签名密钥不符",
  unanchored: "十多分钟未锚定，此后是否被重写无从核对",
};

/** A bureau's report for people. */
export function reportLines(report: AuditReport, entriesPerSecond: number): string[] {
  const { bureau, entries, waiting, head, anchors, problems } = report;
  const state = problems.length === 0 ? "✓" : "✗";
  const pending = waiting === 0 ? "" : `，待链接 ${waiting} 条`;
  return [
    `${state} ${bureau}  已核对 ${entries} 条（至第 ${head.seq} 条）${pending}，锚点 ${anchors} 个，每秒 ${entriesPerSecond} 条`,
    ...problems.map((problem) => `    ${problemText(problem)} · ${problem.kind}`),
  ];
}

function problemText({ kind, seq, anchor, other }: AuditProblem): string {
  const place = seq === undefined ? (anchor === undefined ? "待链接的记录" : `第 ${anchor} 个锚点`) : `第 ${seq} 条`;
  const details = [
    ...(other === undefined ? [] : [kind === "swapped" ? `现位于第 ${other} 条` : `此处现为原第 ${other} 条`]),
    ...(seq === undefined || anchor === undefined ? [] : [`依据第 ${anchor} 个锚点`]),
  ];
  const from = kind === "rewritten" || kind === "cut-tail" || kind === "unanchored" ? "起" : "";
  return `${place}${from}${KINDS[kind]}${details.length === 0 ? "" : `（${details.join("，")}）`}`;
}
