const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "兆"];

/** An amount of 分 in the capital numerals of cheques and invoices (大写金额): `壹仟贰佰元伍角整`. Empty for what is no whole number of 分. */
export function chineseAmount(fen: number): string {
  if (!Number.isSafeInteger(fen)) return "";
  if (fen === 0) return "零元整";
  const size = Math.abs(fen);
  const [yuan, jiao, rest] = [Math.floor(size / 100), Math.floor(size / 10) % 10, size % 10];
  const whole = yuan === 0 ? "" : `${numeral(yuan)}元`;
  const tenths = jiao === 0 ? (yuan > 0 && rest > 0 ? "零" : "") : `${DIGITS[jiao] ?? ""}角`;
  const hundredths = rest === 0 ? "整" : `${DIGITS[rest] ?? ""}分`;
  return `${fen < 0 ? "负" : ""}${whole}${tenths}${hundredths}`;
}

/** A whole number above zero: groups of four digits, with one 零 for every gap inside. */
function numeral(value: number): string {
  let text = "";
  let gap = false;
  const digits = [...String(value)].map(Number);
  digits.forEach((digit, index) => {
    const place = digits.length - 1 - index;
    if (digit === 0) gap = true;
    else {
      text += `${gap && text !== "" ? "零" : ""}${DIGITS[digit] ?? ""}${PLACES[place % 4] ?? ""}`;
      gap = false;
    }
    const group = digits.slice(Math.max(0, index - 3), index + 1);
    if (place % 4 === 0 && place > 0 && group.some((each) => each > 0)) text += GROUPS[place / 4] ?? "";
  });
  return text;
}
