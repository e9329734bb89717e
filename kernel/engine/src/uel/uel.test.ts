import test from "ava";
import fc from "fast-check";
import type { UelScope } from "./scope.js";
import { UelEvaluationError, UelSyntaxError } from "./uel-error.js";
import { parseUel } from "./uel.js";

function scopeOf(values: Record<string, unknown>, more: Partial<UelScope> = {}): UelScope {
  return { get: (name) => values[name], has: (name) => Object.hasOwn(values, name), ...more };
}

const VALUES = {
  amount: 1200,
  text: "42",
  none: null,
  yes: true,
  name: "张三",
  list: ["a", "b", 3],
  empties: { list: [], map: {}, text: "" },
  order: { total: 5, paid: false, lines: [{ sku: "x" }], URL: "u" },
};
const scope = scopeOf(VALUES, { execution: { id: "e1", processInstanceId: "i1", businessKey: "K7" } });

const CASES: [string, unknown][] = [
  ["${1 + 2 * 3}", 7],
  ["#{(1 + 2) * 3}", 9],
  ["${7 div 2}", 3.5],
  ["${-7 mod 3}", -1],
  ["${text + 1}", 43],
  ["${none + none}", 0],
  ["${amount > 1000 && yes}", true],
  ["${amount le 1200 and not (amount eq 1)}", true],
  ["${'42' == 42}", true],
  ["${text == 42.0}", true],
  ["${'true' == yes}", true],
  ["${none == null}", true],
  ["${none == 0}", false],
  ["${none < 1}", false],
  ["${'b' > 'a'}", true],
  ["${empty none}", true],
  ["${empty empties.list and empty empties.map and empty empties.text}", true],
  ["${!empty name}", true],
  ["${yes ? 'a' : 'b'}", "a"],
  ["${none ? 1 : yes ? 2 : 3}", 2],
  ["${order.lines[0].sku}", "x"],
  ["${order['total']}", 5],
  ["${order.lines[7]}", null],
  ["${none.a.b}", null],
  ["${order.missing}", null],
  ["${order.getTotal()}", 5],
  ["${order.isPaid()}", false],
  ["${order.getURL()}", "u"],
  ["${list.size() == 3 && list.contains('a') && list.indexOf(3) == 2}", true],
  ["${list.get(1)}", "b"],
  ["${order.containsKey('paid')}", true],
  ["${name.length()}", 2],
  ["${'Abc'.toUpperCase().concat('!')}", "ABC!"],
  ["${'abc'.substring(1)}", "bc"],
  ["${'a-b-c'.replace('-', '')}", "abc"],
  ["${'A1'.equalsIgnoreCase('a1')}", true],
  ["${'91350211M000100Y43'.matches('[0-9A-Z]{18}')}", true],
  ["${'x'.equals(1)}", false],
  ["${amount.toString()}", "1200"],
  ["${(2.7).intValue()}", 2],
  ["${amount.compareTo(1)}", 1],
  ["${execution.getVariable('amount')}", 1200],
  ["${execution.getVariable('nothing')}", null],
  ["${execution.hasVariable('nothing')}", false],
  ["${execution.processInstanceId}", "i1"],
  ["${execution.getProcessInstanceId()}", "i1"],
  ["${execution.getProcessBusinessKey()}", "K7"],
  ["${execution.processBusinessKey}", "K7"],
  ["${variables:get(amount)}", 1200],
  ["${vars:getOrDefault('nothing', 7)}", 7],
  ["${variables:equals(amount, 1200)}", true],
  ["${var:ne(nothing, 1)}", true],
  ["${variables:lt(nothing, 1)}", false],
  ["${variables:gte(amount, '1200')}", true],
  ["${variables:isEmpty(nothing)}", true],
  ["${variables:isNotEmpty(list)}", true],
  ["${variables:exists(nothing)}", false],
  ["${variables:contains(list, 'a', 'b')}", true],
  ["${variables:containsAny(list, 'z', 'b')}", true],
  ["致 ${name}：${amount} 元", "致 张三：1200 元"],
  ["${list}, ${order.lines}", "[a, b, 3], [{sku=x}]"],
  ["  ${amount}\n", 1200],
  ["\\${amount}", "${amount}"],
  ["plain", "plain"],
  ["${'it\\'s }'}", "it's }"],
];

for (const [text, expected] of CASES) {
  test(`${JSON.stringify(text)} is ${JSON.stringify(expected)}`, (t) => {
    t.deepEqual(parseUel(text).evaluate(scope), expected);
  });
}

for (const text of [
  "${",
  "${}",
  "${a +}",
  "${a b}",
  "${a = 1}",
  "${'a}",
  "${(a}",
  "${a..b}",
  "${'\\d'}",
  "${@}",
  "${a.1}",
]) {
  test(`${text} can't be read`, (t) => {
    const error = t.throws(() => parseUel(text), { instanceOf: UelSyntaxError });
    t.true(error.position >= 0);
  });
}

for (const text of [
  "${unknown}",
  "${unknown == 1}",
  "${'a' + 1}",
  "${'a' == 1}",
  "${1 / 0}",
  "${none.size()}",
  "${list.add('c')}",
  "${order.put('a', 1)}",
  "${amount ? 1 : 2}",
  "${execution.setVariable('a', 1)}",
  "${execution.getEngineServices()}",
  "${unknownFunction(1)}",
  "${'a'.substring(5)}",
  "${'a'.matches('(')}",
  "${'a'.codePointAt(0)}",
]) {
  test(`${text} has no value`, (t) => {
    t.throws(() => parseUel(text).evaluate(scope), { instanceOf: UelEvaluationError });
  });
}

test("an unknown name can be taken as nothing", (t) => {
  t.is(parseUel("${unknown == null}", { missing: "null" }).evaluate(scope), true);
});

test("execution writes variables where the host allows it", (t) => {
  const written: unknown[][] = [];
  const writable = scopeOf(VALUES, { execution: {}, set: (...args) => void written.push(args) });
  parseUel("${execution.setVariable('a', amount + 1)}").evaluate(writable);
  parseUel("${execution.setVariableLocal('b', 'x')}").evaluate(writable);
  parseUel("${execution.removeVariable('a')}").evaluate(writable);
  t.deepEqual(written, [
    ["a", 1201, false],
    ["b", "x", true],
    ["a", undefined, false],
  ]);
});

test("functions and beans come from the host", (t) => {
  const functions = { now: () => "2026-11-26", "tax:rate": (x: unknown) => Number(x) / 100, "bean.next": () => 4 };
  const own = scopeOf(VALUES, { functions });
  t.is(parseUel("${now()}").evaluate(own), "2026-11-26");
  t.is(parseUel("${tax:rate(13)}").evaluate(own), 0.13);
  t.is(parseUel("${bean.next()}").evaluate(own), 4);
});

test("nothing of JavaScript is reachable", (t) => {
  for (const text of ["${order.constructor}", "${order.__proto__}", "${order['toString']}", "${list.length}"]) {
    try {
      t.is(parseUel(text).evaluate(scope), null, text);
    } catch (error) {
      t.true(error instanceof UelEvaluationError, text);
    }
  }
  t.throws(() => parseUel("${order.constructor('return 1')}").evaluate(scope), { instanceOf: UelEvaluationError });
  t.throws(() => parseUel("${order.hasOwnProperty('total')}").evaluate(scope), { instanceOf: UelEvaluationError });
  t.throws(() => parseUel("${constructor}").evaluate(scope), { instanceOf: UelEvaluationError });
});

test("depth, length, steps and results are bounded", (t) => {
  t.throws(() => parseUel("${" + "(".repeat(4000) + "1" + ")".repeat(4000) + "}"), { instanceOf: UelSyntaxError });
  t.throws(() => parseUel("${" + "1+".repeat(4000) + "1}"), { instanceOf: UelSyntaxError });
  t.throws(() => parseUel("${" + "!".repeat(4000) + "yes}"), { instanceOf: UelSyntaxError });
  t.throws(() => parseUel("a".repeat(10_001)), { instanceOf: UelSyntaxError });
  const growing = "${'aaaaaaaaaa'" + ".replace('a','aaaaaaaaaa')".repeat(9) + "}";
  t.throws(() => parseUel(growing).evaluate(scope), { instanceOf: UelEvaluationError, message: /longer/ });
  const long = scopeOf({ list: Array.from({ length: 200_000 }, (_, index) => index) });
  t.throws(() => parseUel("${list.contains(-1)}").evaluate(long), { instanceOf: UelEvaluationError });
});

test("a pattern that makes other engines hang is refused at once", (t) => {
  const started = performance.now();
  const hostile = parseUel("${value.matches('(a+)+b')}");
  t.throws(() => hostile.evaluate(scopeOf({ value: "a".repeat(5000) })), { instanceOf: UelEvaluationError });
  t.true(performance.now() - started < 1000);
  t.true(parseUel("${value.matches('a+b')}").evaluate(scopeOf({ value: `${"a".repeat(5000)}b` })));
});

test("any text is a value, a syntax error or an evaluation error", (t) => {
  const word = fc.constantFrom(
    ..."${ #{ } ( ) [ ] . , ? : + - * / == < && ! empty 'a' \" 1 2.5 name list order".split(" "),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => "${" + words.join(" ") + "}"),
      ),
      (text) => {
        try {
          parseUel(text).evaluate(scope);
        } catch (error) {
          t.true(error instanceof UelSyntaxError || error instanceof UelEvaluationError, String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test("whole numbers are calculated as in the language itself", (t) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer({ min: 1 }), (a, b, c) => {
      const values = scopeOf({ a, b, c });
      t.is(parseUel("${a + b * 2 - a % c}").evaluate(values), a + b * 2 - (a % c));
      t.is(parseUel("${a < b || a >= b}").evaluate(values), true);
    }),
  );
});
