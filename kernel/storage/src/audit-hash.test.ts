import test from "ava";
import fc from "fast-check";
import { canonicalJson } from "@jinshui/contracts";

test("canonical JSON writes numbers as the samples of RFC 8785 (appendix B) say", (t) => {
  const samples: [hexadecimal: string, text: string][] = [
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ];
  for (const [hexadecimal, text] of samples) t.is(canonicalJson(Buffer.from(hexadecimal, "hex").readDoubleBE()), text);
});

test("canonical JSON sorts names by UTF-16 code units and escapes as RFC 8785 says", (t) => {
  const names = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  const sorted = [...canonicalJson(names).matchAll(/:(\d)/g)].map(([, place]) => Number(place));
  t.deepEqual(sorted, [2, 4, 6, 7, 1, 5, 3]);
  t.is(
    canonicalJson({ string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", literals: [null, true, false] }),
    String.raw`{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test("canonical JSON says the same value, in one way whatever the order of its names", (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "grapheme" }), (value) => {
      const text = canonicalJson(value);
      t.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      t.is(canonicalJson(reversed(value)), text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, reversed(part)] as const);
  return Object.fromEntries(entries.reverse());
}
