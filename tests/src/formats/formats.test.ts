import { FormatDefinition } from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { type Format, Formats, masked } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../site-files.js";
import { creditCodeCheck, luhnCheck, organisationCheck, residentCheck } from "./check-characters.js";

const folder = join(root, "plugins/formats/formats");
const definitions = readdirSync(folder).map((file) =>
  checked(FormatDefinition, JSON.parse(readFileSync(join(folder, file), "utf8")), file),
);
const formats = new Formats();
formats.set("formats", definitions);

function format(name: string): Format {
  const found = formats.get(`formats.${name}`);
  if (!found) throw new Error(`there is no format ${name}`);
  return found;
}
const isRight = (name: string, text: string): boolean =>
  format(name).problem(format(name).normalized(text)) === undefined;

const DIGITS = "0123456789";
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const text = (characters: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });
const day = fc
  .date({ min: new Date("1880-01-01"), max: new Date("2026-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll("-", ""));
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(""));

const creditCode = joined(text(CREDIT, 2), text(DIGITS, 6), text(CREDIT, 9)).map(
  (base) => base + creditCodeCheck(base),
);
const residentId = joined(text("12345678", 1), text(DIGITS, 5), day, text(DIGITS, 3)).map(
  (base) => base + residentCheck(base),
);
const oldNumber = fc
  .tuple(text(DIGITS, 6), text(ORGANISATION, 8))
  .map(([region, code]) => region + code + organisationCheck(code));
const card = joined(
  text("3456", 1),
  fc.nat(3).chain((more) => text(DIGITS, 14 + more)),
).map((base) => base + luhnCheck(base));

/** Every text that differs from this one in one character, or in the order of two neighbours. */
function* slips(whole: string, characters: string): Generator<string> {
  for (let at = 0; at < whole.length; at += 1) {
    for (const other of characters) if (other !== whole[at]) yield whole.slice(0, at) + other + whole.slice(at + 1);
    const swapped = whole.slice(0, at) + whole.charAt(at + 1) + whole.charAt(at) + whole.slice(at + 2);
    if (at + 1 < whole.length && swapped !== whole) yield swapped;
  }
}

/** Holds for right ones, and for none of their slips but those that are `excused`. */
function findsSlips(
  t: ExecutionContext,
  name: string,
  right: fc.Arbitrary<string>,
  characters: string,
  excused: (whole: string, slip: string) => boolean = () => false,
): void {
  let tried = 0;
  fc.assert(
    fc.property(right, (whole) => {
      if (!isRight(name, whole)) throw new Error(`${whole} is right but refused`);
      for (const slip of slips(whole, characters)) {
        tried += 1;
        if (isRight(name, slip) && !excused(whole, slip)) throw new Error(`${slip} passes for ${whole}`);
      }
      return true;
    }),
    { numRuns: 40 },
  );
  t.log(`${tried} slips`);
  t.true(tried > 1_000);
}

test("a credit code is right exactly with its check character; every wrong character and every swap is found", (t) => {
  findsSlips(t, "uscc", creditCode, CREDIT);
});

test("so is a resident's number, whose date is one as well", (t) => {
  findsSlips(t, "resident-id", residentId, `${DIGITS}X`);
  for (const [birth, isDate] of [
    ["20000229", true],
    ["19000229", false],
    ["20010229", false],
    ["19900431", false],
    ["19901301", false],
    ["19900100", false],
    ["17991231", false],
  ] as const) {
    const base = `340202${birth}001`;
    t.is(isRight("resident-id", base + residentCheck(base)), isDate, birth);
  }
});

test("Luhn finds every wrong digit of a card, and every swap but that of 0 and 9", (t) => {
  findsSlips(t, "bank-card", card, DIGITS, (whole, slip) => {
    const [at = 0] = [...whole].flatMap((digit, place) => (digit === slip[place] ? [] : [place]));
    return ["09", "90"].includes(whole.slice(at, at + 2)) && slip.slice(at, at + 2) !== whole.slice(at, at + 2);
  });
});

test("a taxpayer's number is a credit code, an older one, or a person's with two digits more at most", (t) => {
  const accepted = (whole: fc.Arbitrary<string>): void =>
    fc.assert(
      fc.property(whole, (number) => isRight("taxpayer-number", number)),
      { numRuns: 200 },
    );
  accepted(creditCode);
  accepted(residentId);
  accepted(joined(residentId, text(DIGITS, 2)));
  accepted(oldNumber);
  // in the organisation code's digits; its letters and the region have no check that could find everything, and an X among
  // them counts for another value than at the end
  const digitsOnly = joined(
    fc.constant("340221"),
    text(DIGITS, 8).map((code) => code + organisationCheck(code)),
  );
  findsSlips(
    t,
    "taxpayer-number",
    digitsOnly,
    DIGITS,
    (whole, slip) => whole.slice(6) === slip.slice(6) || swapsIn(whole, slip) || slip.slice(6, 14).includes("X"),
  );
  findsSlips(
    t,
    "taxpayer-number",
    joined(residentId, text(DIGITS, 2)),
    DIGITS,
    (whole, slip) => whole.slice(0, 18) === slip.slice(0, 18) || isRight("resident-id", slip.slice(0, 18)),
  );
  // of 18 characters a slip may only pass by the other rule
  findsSlips(t, "taxpayer-number", residentId, `${DIGITS}X`, (_, slip) => isRight("uscc", slip));
  findsSlips(t, "taxpayer-number", creditCode, CREDIT, (_, slip) => isRight("resident-id", slip));
});

/** A swap over the border of region and code changes the code's first digit for one that the region had. */
const swapsIn = (whole: string, slip: string): boolean =>
  whole.slice(7) === slip.slice(7) && whole.slice(0, 5) === slip.slice(0, 5);

test("published numbers and invented ones of the standards' rules are told right from wrong", (t) => {
  const table: Record<string, { right: string[]; wrong: string[] }> = {
    uscc: {
      // published by the firms themselves, then invented ones; the third of those has remainder 0
      right: [
        "91330100799655058B",
        "9144030071526726XG",
        "914403001922038216",
        "91340200MA2N0001XM",
        "91340202MA2RT8X13H",
        "91340223MA2N0001X0",
        "913402211000000084",
        " 91340200ma2n0001xm ",
        "９１３４０２００ＭＡ２Ｎ０００１ＸＭ",
      ],
      // swapped, a letter that is none, too short, and two of early pilots that break the standard
      wrong: [
        "91340202MA2RT8X31H",
        "91340202MA2RT8S13H",
        "91340221MA2RT8X13",
        "91350100M0001TGQXM",
        "91350211M0000XUF46",
        "",
      ],
    },
    "resident-id": {
      // the two examples of GB 11643-1999
      right: ["11010519491231002X", "440524188001010014", "11010519491231002x", "110105 19491231 002X"],
      wrong: ["110105194912310021", "110105491231002", "01010519491231002X", "11010519491231002Y"],
    },
    "taxpayer-number": {
      right: [
        "340221149400010",
        "340222149400029",
        "340221D2143569X", // GB 11714's own example, D2143569-X
        "91340200MA2N0001XM",
        "11010519491231002X",
        "11010519491231002X01",
      ],
      wrong: ["340221149400011", "340221D21435690", "11010519491231002X1", "110105491231002", "91340202MA2RT8X31H"],
    },
    "bank-card": {
      right: ["4111111111111111", "5555555555554444", "6200000000000005", "4111 1111 1111 1111"],
      wrong: ["4111111111111112", "79927398713", "0000000000000000"],
    },
    "bank-account": { right: ["12345678", "1302010109022112345"], wrong: ["1234567", "12-345678", "12a45678"] },
    "region-code": { right: ["340200", "340221", "710000", "810000"], wrong: ["34020", "990000", "160000", "3402OO"] },
    mobile: {
      right: ["13800000000", "199 0000 0000", "１３８００００００００"],
      wrong: ["12800000000", "+8613800000000", "1380000000", "138-0000-0000"],
    },
    telephone: {
      right: ["0553-3000000", "010-80000000", "021-60000000-801"],
      wrong: ["3000000", "0553 3000000", "0553-1000000", "100-3000000"],
    },
    email: {
      right: ["a@b.cn", "li.xia+1@mail.example.com.cn", "a＠b.cn"],
      wrong: ["a@b", "a.@b.cn", ".a@b.cn", "a@-b.cn", "a b@c", "a@b..cn", "李@b.cn"],
    },
    "postal-code": { right: ["241000", "010000"], wrong: ["24100", "000000", "941000"] },
    "invoice-code": { right: ["3400051140", "034001900104"], wrong: ["34000511401", ""] },
    "invoice-number": { right: ["00012345", "24342000000000012345"], wrong: ["12345", "2434200000000001234"] },
  };
  t.deepEqual(Object.keys(table).sort(), definitions.map(({ name }) => name).sort());
  for (const [name, { right, wrong }] of Object.entries(table)) {
    for (const number of right) t.true(isRight(name, number), `${name} ${number}`);
    for (const number of wrong) t.false(isRight(name, number), `${name} ${number}`);
  }
});

test("what is wrong is said in both languages, and the check says another thing than the pattern", (t) => {
  for (const { name, title, pattern, check } of definitions)
    for (const words of [title, pattern.message, ...(check ? [check.message] : [])]) t.truthy(words.en, name);
  t.is(format("uscc").problem("91340202MA2RT8X31H")?.["zh-CN"].slice(0, 6), "校验码不符，");
  t.is(format("uscc").problem("9134")?.["zh-CN"].slice(0, 7), "应为 18 位");
});

test("what identifies a person is masked", (t) => {
  const shown = Object.fromEntries(
    definitions.flatMap(({ name, mask, example }) => (mask ? [[name, masked(example, mask)]] : [])),
  );
  t.deepEqual(shown, {
    "bank-account": "*************0001",
    "bank-card": "6200***********0000",
    mobile: "138****0000",
    "resident-id": "340***********001X",
  });
});

test("a check takes so little that an import of many rows does not feel it", (t) => {
  const numbers = fc.sample(creditCode, 500);
  for (const number of numbers) isRight("uscc", number);
  const begin = performance.now();
  for (const number of numbers) isRight("uscc", number);
  const ms = (performance.now() - begin) / numbers.length;
  t.log(`${ms.toFixed(3)} ms each`);
  t.true(ms < 2);
});
