import { t } from "@jinshui/cli";
import type { AuditProblem, AuditReport } from "@jinshui/storage";

/** A bureau's report for people. */
export function reportLines(report: AuditReport, entriesPerSecond: number): string[] {
  const { bureau, entries, waiting, head, anchors, problems } = report;
  return [
    t("audit.report", {
      bureau,
      entries,
      anchors,
      state: problems.length === 0 ? "✓" : "✗",
      seq: head.seq,
      pending: waiting === 0 ? "" : t("audit.pending", { n: waiting }),
      rate: entriesPerSecond,
    }),
    ...problems.map(problemText),
  ];
}

/** What does not concern one place only, but all that follows. */
const ONWARDS = new Set(["rewritten", "cut-tail", "unanchored"]);

function problemText({ kind, seq, anchor, other }: AuditProblem): string {
  const from = ONWARDS.has(kind);
  const place =
    seq !== undefined
      ? t(from ? "audit.from" : "audit.entry", { n: seq })
      : anchor === undefined
        ? t("audit.waiting")
        : t(from ? "audit.fromAnchor" : "audit.anchor", { n: anchor });
  const details = [
    ...(other === undefined ? [] : [t(kind === "swapped" ? "audit.nowAt" : "audit.holds", { n: other })]),
    ...(seq === undefined || anchor === undefined ? [] : [t("audit.by", { n: anchor })]),
  ];
  const list = details.length === 0 ? "" : t("audit.details", { list: details.join(t("audit.comma")) });
  return t("audit.problem", { place, what: t(`audit.${kind}`), details: list, kind });
}
