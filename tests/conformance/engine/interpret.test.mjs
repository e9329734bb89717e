import test from "ava";
import { Mismatch } from "./asserts.mjs";
import { Interpreter } from "./interpret.mjs";
import { Unsupported } from "./values.mjs";

const services = {
  runtime: {
    fail: () => {
      throw new Error("no");
    },
    echo: (value) => value,
  },
};
const run = (steps) =>
  new Interpreter({ services, world: { constant: (name) => name, date: () => new Date(0) } }).run(steps);

test("bound values are found by their name", async (t) => {
  await t.notThrowsAsync(
    run([
      { let: "a", be: 2 },
      { assertThat: { op: "+", a: [{ $: "a" }, 3] }, is: [["isEqualTo", 5]] },
    ]),
  );
});

test("an expectation that does not hold is a mismatch that names the subject", async (t) => {
  await t.throwsAsync(
    run([
      { let: "a", be: 2 },
      { assertThat: { $: "a" }, is: [["isEqualTo", 3]] },
    ]),
    { instanceOf: Mismatch, message: /^a: isEqualTo 3, got 2/ },
  );
});

test("a loop counts as long as its relation holds", async (t) => {
  const body = { do: { m: "add", on: { $: "list" }, args: [{ $: "i" }] } };
  await t.notThrowsAsync(
    run([
      { let: "list", be: { list: [] } },
      { for: "i", from: 0, while: "<", to: 3, steps: [body] },
      { assertThat: { $: "list" }, is: [["containsExactly", 0, 1, 2]] },
    ]),
  );
});

test("an expected error has to come", async (t) => {
  await t.notThrowsAsync(run([{ expectError: "X", steps: [{ do: { call: "runtime.fail", args: [] } }] }]));
  await t.throwsAsync(run([{ expectError: "X", steps: [] }]), { instanceOf: Mismatch });
});

test("an unknown call is unsupported, also where an error is expected", async (t) => {
  await t.throwsAsync(run([{ expectError: "X", steps: [{ do: { call: "runtime.none", args: [] } }] }]), {
    instanceOf: Unsupported,
    message: "runtime.none",
  });
});

test("tuples are compared by their parts", async (t) => {
  const rows = { list: [{ map: { a: 1, b: 2 } }] };
  await t.notThrowsAsync(
    run([
      {
        assertThat: rows,
        is: [
          ["extracting", { prop: "a" }, { prop: "b" }],
          ["containsExactly", { list: [1, 2] }],
        ],
      },
    ]),
  );
});
