/** Check characters as the standards' tables say, to hold the formats' expressions against; written another way on purpose. */

const CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** GB 32100-2015: of the first 17 characters of a credit code. */
export function creditCodeCheck(text: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of text) {
    sum += CREDIT_CODE.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT_CODE.charAt((31 - (sum % 31)) % 31);
}

/** GB 11714: of the first 8 characters of an organisation code. */
export function organisationCheck(text: string): string {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...text].reduce((left, character, at) => left + parseInt(character, 36) * (weights[at] ?? 0), 0);
  const rest = 11 - (sum % 11);
  if (rest === 10) return "X";
  return rest === 11 ? "0" : String(rest);
}

/** GB 11643: of the first 17 digits of a resident's number. */
export function residentCheck(text: string): string {
  let sum = 0;
  // the weight of place i from the right is 2^(i-1) modulo 11
  for (const [at, digit] of [...text].entries()) sum += Number(digit) * (2 ** (17 - at) % 11);
  return "10X98765432".charAt(sum % 11);
}

/** Luhn: the digit that makes a card number whole. */
export function luhnCheck(text: string): string {
  let sum = 0;
  for (const [at, digit] of [...text].reverse().entries()) {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}
