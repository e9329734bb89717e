import test from "ava";
import fc from "fast-check";
import { Run } from "../compile/run.js";
import { gives, textOf } from "../testing.js";
import { Pattern } from "./pattern.js";

test("patterns match as XPath says", (t) => {
  gives(t, {
    'matches("foobar", "^fo*b")': "true",
    'matches("FOO", "foo", "i")': "true",
    'matches("a\\nb", "a.b")': "false",
    'matches("a\\nb", "a.b", "s")': "true",
    'matches("a\\nb", "^b$", "m")': "true",
    'matches("helloworld", "hello world", "x")': "true",
    'matches("a.b", "a.b", "q")': "true",
    'matches("axb", "a.b", "q")': "false",
    'matches("abab", "^(ab)\\\\1$")': "true",
    'matches("e", "[a-z-[aeiou]]")': "false",
    'matches("f", "[a-z-[aeiou]]")': "true",
    'matches("税务局", "^\\\\p{L}{3}$")': "true",
    'matches("aaa", "^a{2,3}?$")': "true",
    'matches("x", "(")': "null",
    'matches("x", "a**")': "null",
    'matches("x", "x", "g")': "null",
  });
});

test("replacements name groups", (t) => {
  gives(t, {
    'replace("abracadabra", "bra", "*")': "a*cada*",
    'replace("abracadabra", "a(.)", "a$1$1")': "abbraccaddabbra",
    'replace("darted", "^(.*?)d(.*)$", "$1c$2")': "carted",
    'replace("a", "a", "\\\\$")': "$",
    'replace("abc", "x*", "-")': "null",
    'replace("abc", "b", "$")': "null",
    'replace("aAa", "a", "b", "i")': "bbb",
  });
});

test("a group that took no part is empty", (t) => {
  t.is(textOf('replace("b", "(a)|b", "[$1]")'), "[]");
});

test("what both know matches as in JavaScript", (t) => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)", "(a*b)", "(b?)");
  const pattern = fc
    .array(fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "{1,2}", "*?", "+?")), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.map(([one, times]) => one + times).join(""));
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(pattern, text, (source, sample) => {
      const run = new Run({ limits: { steps: 10_000_000 } });
      const match = Pattern.of(source, "").find(sample, 0, run);
      const other = new RegExp(source, "u").exec(sample);
      return match === null
        ? other === null
        : other?.index === match[0]?.[0] && other?.[0] === sample.slice(...(match[0] ?? [0, 0]));
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
