import type { Dictionary, Language } from "@jinshui/web";

/** Texts of the import of processes; those of the problems that a file can have are the engine's. */
export const processTexts: Record<Language, Dictionary> = {
  "zh-CN": {
    "process.import": "导入 BPMN 文件",
    "process.hint": "可导入其他工具绘制的 BPMN 2.0 文件。系统先检查其中每个元素能否运行，全部可以运行才会部署。",
    "process.choose": "选择 .bpmn 文件",
    "process.replaces":
      "编号 {key} 已有“{title}”第 {version} 版：部署后由本文件取代，新发起的事项按本文件办理，在办的不变。",
    "process.drop": "或拖放到此处",
    "process.refused": "不能部署",
    "process.runnable": "可以部署",
    "process.deployed": "已部署",
    "process.elements": "{n} 个元素",
    "process.deploy": "部署",
    "process.start": "发起",
    "process.draft": "存为未发布版本",
    "process.draftHint": "先做业务测试，发布后才能发起",
    "process.drafted": "已存为未发布版本",
    "process.try": "业务测试",
    "process.errors": "错误 {n} 个，改正后才能部署",
    "process.warnings": "提醒 {n} 个，不影响部署",
    "process.flawless": "没有发现问题",
  },
  en: {
    "process.import": "Import a BPMN file",
    "process.hint":
      "Takes BPMN 2.0 files of other tools. Every element is checked first; a file is deployed only when all of it can run.",
    "process.choose": "Choose a .bpmn file",
    "process.replaces":
      "{key} is “{title}”, version {version}, already: new matters will follow this file, running ones stay as they are.",
    "process.drop": "or drop it here",
    "process.refused": "can't be deployed",
    "process.runnable": "can be deployed",
    "process.deployed": "deployed",
    "process.elements": "{n} elements",
    "process.deploy": "Deploy",
    "process.start": "Start",
    "process.draft": "Keep without releasing",
    "process.draftHint": "To be tried first; nothing is started with it until it is released",
    "process.drafted": "kept, not released",
    "process.try": "Trials",
    "process.errors": "Errors: {n}, to be mended before it can be deployed",
    "process.warnings": "Warnings: {n}, it can be deployed all the same",
    "process.flawless": "No problems found",
  },
};
