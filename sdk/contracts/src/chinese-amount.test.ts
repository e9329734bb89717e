import test from "ava";
import { chineseAmount } from "./chinese-amount.js";

for (const [fen, text] of [
  [0, "零元整"],
  [1, "壹分"],
  [50, "伍角整"],
  [105, "壹元零伍分"],
  [120_050, "壹仟贰佰元伍角整"],
  [1_000_000, "壹万元整"],
  [1_000_500, "壹万零伍元整"],
  [10_010_000, "壹拾万零壹佰元整"],
  [10_000_000_100, "壹亿零壹元整"],
  [123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"],
  [-300, "负叁元整"],
  [0.5, ""],
] as const)
  test(`${fen} 分 are ${text || "nothing"}`, (t) => t.is(chineseAmount(fen), text));
