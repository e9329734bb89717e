import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const storage = createRequire(new URL("../../../kernel/storage/package.json", import.meta.url));
const TAX =
  "税务局 纳税人 增值税 发票 申报 一户式 查询 稽查 企业所得税 个人所得税 退税 出口 优惠 政策 咨询 培训 公告 报修 考试 档案 采集 评估 风险 契税 印花税 票据 征收 减免 登记 注销";

/**
 * Makes texts of words as often as they are in Chinese: by the frequencies in the segmenter's own dictionary, and one in
 * fifty from the tax office, those at the front of the list more often. The same texts in every run.
 */
export function textMaker(seed = 20261126) {
  let state = seed;
  const random = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const words = [];
  const upTo = [];
  let sum = 0;
  for (const line of readFileSync(storage.resolve("@node-rs/jieba/dict.txt"), "utf8").split("\n")) {
    const [word, frequency] = line.split(" ");
    if (!/^[\u4e00-\u9fff]{1,4}$/.test(word) || Number(frequency) <= 50) continue;
    sum += Number(frequency) * (word.length > 1 ? 1 : 0.25);
    words.push(word);
    upTo.push(sum);
  }
  const tax = TAX.split(" ");
  const word = () => {
    if (random() < 0.02) return tax[Math.floor(random() ** 1.5 * tax.length)];
    const place = random() * sum;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle] < place) low = middle + 1;
      else high = middle;
    }
    return words[low];
  };
  const text = (length, comma) => {
    let made = "";
    while (made.length < length) made += word() + (random() < comma ? "，。、；"[Math.floor(random() * 4)] : "");
    return made;
  };
  return (index) => ({
    title: text(12 + random() * 16, 0).slice(0, 30),
    code: `WH-${2005 + Math.floor(index / 5000)}-${String(index % 5000).padStart(4, "0")}`,
    body: text(200 + random() * 198, 0.12).slice(0, 400),
    issued: new Date(Date.UTC(2005, 0, 1) + index * 3_600_000).toISOString().slice(0, 10),
  });
}
