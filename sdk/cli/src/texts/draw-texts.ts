import type { CommandTexts } from "../command-texts.js";

/** What `process draw` says. */
export const drawTexts: CommandTexts = {
  "zh-CN": {
    "draw.done": "{file}：已画",
    "draw.one": "{file} 中有 {count} 个流程；每个文件只能画一个",
    "draw.scopes": "{file} 没有开始事件，或者含有子流程；子流程请在建模工具中画",
    "draw.not-drawn": "{element} 不在图上",
    "draw.shapes-overlap": "{element} 与 {other} 重叠",
    "draw.line-through-shape": "连线 {element} 穿过 {other}",
    "draw.lines-overlap": "连线 {element} 与 {other} 重合",
  },
  en: {
    "draw.done": "{file}: drawn",
    "draw.one": "{file} holds {count} processes; one in each file can be drawn",
    "draw.scopes": "{file} has no start event, or sub-processes; draw those in a modelling tool",
    "draw.not-drawn": "{element} is not in the drawing",
    "draw.shapes-overlap": "{element} and {other} lie on one another",
    "draw.line-through-shape": "line {element} goes through {other}",
    "draw.lines-overlap": "lines {element} and {other} lie on one another",
  },
};
