import type { HistoryEntry, SignatureCheck, SignatureFault } from "@jinshui/contracts";
import type { Entry, Fact, SignedDocument } from "@jinshui/signature";
import type { ArchiveContent } from "../archiving/archive-content.js";
import { shownValue, timeInChina } from "./shown-value.js";

const HISTORY: Partial<Record<HistoryEntry["type"], string>> = {
  started: "发起",
  "job-completed": "系统办理",
  "timer-fired": "到时",
  incident: "异常",
  "incident-resolved": "重新执行",
  completed: "办结",
  cancelled: "终止",
  "clock-stopped": "暂停计时",
  "clock-resumed": "恢复计时",
  "deadline-changed": "期限变更",
};

const FAULTS: Readonly<Record<SignatureFault, string>> = {
  missing: "缺少签名",
  signature: "签名与所签内容不符",
  certificate: "证书不是本站颁发的",
  revoked: "签名前证书已吊销",
  expired: "签名时证书不在有效期内",
  form: "表单与签名时不一致",
  opinion: "意见与签名时不一致",
  step: "办理记录与签名时不一致",
  archive: "档案与封存时不一致",
};

const ALGORITHMS = { sm2: "SM2（SM3）", ed25519: "Ed25519", rsa: "RSA-PSS（SHA-256）" };

/** An archived matter as a document: its form, what was said, who signed, all that happened. */
export function archiveDocument(
  content: ArchiveContent,
  about: {
    bureau: string;
    sha256: string;
    intact: boolean;
    signatures: SignatureCheck[];
    printedBy: string;
    printedAt: string;
  },
): SignedDocument {
  const { history, forms, variables } = content;
  const opinions = history.filter(({ type }) => type === "task-completed");
  return {
    title: content.title,
    foot: spaced(about.bureau, content.number),
    facts: [
      { label: "编号", text: content.number },
      { label: "事项", text: `${content.definition.title["zh-CN"]}（第 ${content.definition.version} 版）` },
      { label: "申请人", text: content.applicant.name },
      { label: "发起时间", text: timeInChina(content.startedAt) },
      { label: "办结时间", text: timeInChina(content.endedAt) },
      { label: "结果", text: content.status === "cancelled" ? "终止" : "办结" },
      { label: "档案", text: about.intact ? "完整" : "内容与封存时不一致" },
      { label: "SHA-256", text: about.sha256 },
      { label: "出具", text: spaced(about.printedBy, timeInChina(about.printedAt)) },
    ],
    sections: [
      ...forms.map((form) => ({
        heading: "表单",
        entries: form.components
          .filter(({ key }) => key !== undefined)
          .map((component) => ({
            head: component.label ?? component.key ?? "",
            text: shownValue(component, variables[component.key ?? ""]) || "—",
          })),
      })),
      {
        heading: "签批意见",
        entries: opinions.map((entry) => ({
          head: spaced(entry.step, who(entry), entry.actionTitle?.["zh-CN"] ?? entry.action, timeInChina(entry.at)),
          text: entry.opinion ?? "",
          facts: signatureFacts(about.signatures.find(({ task }) => task === entry.task)),
        })),
      },
      { heading: "办理过程", entries: history.flatMap((entry) => lineOf(entry)) },
    ].filter(({ entries }) => entries.length > 0),
  };
}

/** Who did it, as what and for whom. */
function who({ by, position, onBehalfOf }: HistoryEntry): string {
  if (!by || by.id.startsWith("plugin:")) return "系统";
  return `${by.name}${position ? `（${position["zh-CN"]}）` : ""}${onBehalfOf ? `（代${onBehalfOf.name}）` : ""}`;
}

function signatureFacts(check: SignatureCheck | undefined): Fact[] {
  if (!check) return [];
  const { valid, fault, at, algorithm, serial, subject, signer } = check;
  const facts: Fact[] = [
    { label: "电子签名", text: valid ? "已签名 · 有效" : `无效：${fault === undefined ? "" : FAULTS[fault]}` },
  ];
  if (signer && at !== undefined) facts.push({ label: "签名人", text: spaced(signer.name, timeInChina(at)) });
  if (algorithm !== undefined) facts.push({ label: "算法", text: ALGORITHMS[algorithm] });
  if (serial !== undefined) facts.push({ label: "证书", text: spaced(subject, `序列号 ${serial}`) });
  return facts;
}

function lineOf(entry: HistoryEntry): Entry[] {
  const what = entry.actionTitle?.["zh-CN"] ?? HISTORY[entry.type];
  if (what === undefined) return [];
  return [{ head: spaced(timeInChina(entry.at), entry.step, entry.by ? who(entry) : undefined, what) }];
}

/** Texts with a wide space between them. */
function spaced(...texts: (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\u3000");
}
