import { both, type CommandHelp, option } from "./command.js";

/** Commands about processes, in the order of the help. */
export const PROCESS_COMMANDS: CommandHelp[] = [
  {
    words: "process test",
    summary: both(
      "像站点一样检查流程，并在没有站点时走到结束；给出插件目录则走完其中录下的全部场景（业务测试）",
      "check a process as a site does and run it to its end, without a site; of a plugin's folder, go all its recorded scenarios",
    ),
    operand: "<file.bpmn|folder>",
    options: [
      option("--values JSON", "发起时填写的内容", "what is filled in at the start"),
      option(
        "--actions STEP=ACTION,…",
        "各环节的动作，默认 approve；同一环节可写多次",
        "what each step does, approve when absent; a step may be named again",
      ),
    ],
    example:
      "process test plugins/asset-tracking/processes/asset-requisition.bpmn --actions chief=return,chief=approve",
  },
  {
    words: "process draw",
    summary: both(
      "为流程重新画图，从左到右，线不穿过图形；只改图，不改流程",
      "draw processes anew, from left to right, no line through a shape; only the drawing is changed",
    ),
    operand: "<file.bpmn> …",
    options: [
      option(
        "--check",
        "只检查已有的图，有问题时退出码为 1",
        "only look at the drawings that are there; exit code 1 if there is a fault",
      ),
    ],
    example: "process draw plugins/asset-tracking/processes/asset-requisition.bpmn --check",
  },
];
