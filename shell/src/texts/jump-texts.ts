import type { Dictionary, Language } from "@jinshui/web";

/** Texts of putting a matter at another step. */
export const jumpTexts: Record<Language, Dictionary> = {
  "zh-CN": {
    "jump.title": "跳转到其他环节",
    "jump.hint":
      "办错了路线、按正常办理走不下去时使用。跳转不经过中间的环节，已填内容保留，跳转和原因记入办理记录和审计。",
    "jump.none": "当前没有可以跳转到的环节。",
    "jump.from": "离开",
    "jump.to": "跳转到",
    "jump.choose": "（请选择环节）",
    "jump.ends": "结束：{steps}（其待办一并取消）",
    "jump.begins": "开始：{step}",
    "jump.skips": "并行的其他 {n} 条路线视为已办完",
    "jump.reason": "跳转原因",
    "jump.do": "跳转",
    "jump.sure": "确定结束“{ends}”，跳转到“{to}”吗？",
  },
  en: {
    "jump.title": "Put it at another step",
    "jump.hint":
      "For matters that went the wrong way or can't go on. Steps between are not done; what was filled in stays. The move and its reason are kept in the history and the audit trail.",
    "jump.none": "There is no step that it could be put at.",
    "jump.from": "Leave",
    "jump.to": "Go to",
    "jump.choose": "(choose a step)",
    "jump.ends": "Ends: {steps}, and its tasks with it",
    "jump.begins": "Begins: {step}",
    "jump.skips": "{n} other branches count as done",
    "jump.reason": "Reason",
    "jump.do": "Put it there",
    "jump.sure": "End “{ends}” and go to “{to}”?",
  },
};
