/** Digits a spreadsheet keeps of a number; what it writes behind them is binary dust. */
const SPREADSHEET_DIGITS = 15;

interface Decimal {
  negative: boolean;
  /** Without leading zeros. */
  digits: string;
  /** How many of the digits are behind the point; negative: zeros that follow. */
  scale: number;
}

/** A number as plain digits, `-0.05` for `-5E-2`, never by way of a binary fraction; nothing when it is none. */
export function plainDecimal(text: string): string | undefined {
  const decimal = read(text);
  return decimal && written(decimal);
}

/** The same of a number that a spreadsheet has saved: 0.1 + 0.2 is 0.3. */
export function savedDecimal(text: string): string | undefined {
  const decimal = read(text);
  return decimal && written(rounded(decimal, SPREADSHEET_DIGITS));
}

/** A number with so many digits that a spreadsheet has lost some, or has written it as powers of ten: no identifier any more. */
export function isMangled(text: string): boolean {
  const decimal = read(text);
  if (!decimal) return false;
  return /e/i.test(text)
    ? decimal.digits.length - decimal.scale > SPREADSHEET_DIGITS || decimal.scale > 0
    : decimal.digits.length > SPREADSHEET_DIGITS && decimal.scale <= 0;
}

/** A whole number of the last of `scale` digits behind the point: 12.5 with 2 is 1250. Nothing when it has more digits, or too many. */
export function scaledInteger(plain: string, scale: number): number | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plain) ?? [];
  if (whole === "" || fraction.length > scale) return undefined;
  const value = Number(whole + fraction.padEnd(scale, "0"));
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === "-" && value !== 0 ? -value : value;
}

function read(text: string): Decimal | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!parts) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole + fraction === "") return undefined;
  let digits = (whole + fraction).replace(/^0+/, "");
  let scale = fraction.length - Number(exponent);
  const zeros = /(?<!0)0*$/.exec(digits)?.[0].length ?? 0;
  const dropped = Math.min(zeros, Math.max(0, scale));
  digits = digits.slice(0, digits.length - dropped);
  scale -= dropped;
  return { negative: sign === "-" && digits !== "", digits, scale: digits === "" ? 0 : scale };
}

/** Half away from zero. */
function rounded(decimal: Decimal, count: number): Decimal {
  const { negative, digits, scale } = decimal;
  const excess = digits.length - count;
  if (excess <= 0) return decimal;
  const kept = BigInt(digits.slice(0, count)) + (digits.charCodeAt(count) >= 53 ? 1n : 0n);
  return read(`${negative ? "-" : ""}${kept}e${excess - scale}`) ?? decimal;
}

function written({ negative, digits, scale }: Decimal): string {
  const whole = scale >= 0 ? digits.slice(0, Math.max(0, digits.length - scale)) : digits + "0".repeat(-scale);
  const fraction = scale > 0 ? digits.slice(-scale).padStart(scale, "0") : "";
  return `${negative ? "-" : ""}${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
}
