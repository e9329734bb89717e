import type { SoundnessCode } from "./soundness.js";

type Texts = Record<`processProblem.${SoundnessCode}`, string>;

/** What each soundness problem says to the person who draws the process; the element's name stands before it. */
export const soundnessTexts: { "zh-CN": Texts; en: Texts } = {
  "zh-CN": {
    "processProblem.never-runs": "没有路线能走到这里，永远不会办理。",
    "processProblem.no-way-out": "从这里走不到结束，事项会一直办不完。",
    "processProblem.stuck-join":
      "这里要等几条路线都到齐，但前面只会走其中一部分，事项会卡住。请把前面的分支改为并行，或把这里改为排他。",
    "processProblem.doubled-work": "前面几条路线同时进行，没有先汇合就到这里，会重复办理。请在前面加并行汇合。",
    "processProblem.endless": "有的走法会一直循环，到不了结束。",
    "processProblem.loop-without-wait": "这里的循环中没有需要人办理或等待的步骤，条件不变就会一直空转。",
    "processProblem.branch-without-condition": "通往“{target}”的分支没有条件，也不是默认分支。",
    "processProblem.no-default-branch": "没有默认分支：条件都不满足时，事项会停在这里。",
    "processProblem.soundness-undecided": "流程较复杂，无法自动确认每种走法都能办结，请人工检查。",
  },
  en: {
    "processProblem.never-runs": "no path leads here, so it is never done.",
    "processProblem.no-way-out": "no path leads from here to an end: the matter would never be finished.",
    "processProblem.stuck-join":
      "waits for all its paths, but only some of them are taken before: the matter would be stuck. Make the branching before it parallel, or this one exclusive.",
    "processProblem.doubled-work":
      "several paths run at the same time and come here without having been joined: the work would be done more than once. Put a parallel join before it.",
    "processProblem.endless": "some ways through it go round for ever and never come to an end.",
    "processProblem.loop-without-wait":
      "goes round in a loop in which nobody works and nothing waits: as long as its condition stays, it spins.",
    "processProblem.branch-without-condition": "the branch to “{target}” has no condition and is not the default.",
    "processProblem.no-default-branch": "has no default branch: when no condition holds, the matter stops here.",
    "processProblem.soundness-undecided":
      "is too complex to tell automatically whether every way through it comes to an end; please check it by eye.",
  },
};
