import test from "ava";
import { fileURLToPath } from "node:url";
import { filesOf, inAnotherRun } from "./second-run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const count = (passed, ...failures) => ({ passed, failed: failures.length, skipped: 1, failures });

test("the file of a failed test is found by its title", (t) => {
  t.deepEqual(
    filesOf(["tests › second-run › a › b", "tests › second-run › c", "tests › src › e2e › sign-in › d"], root),
    ["tests/second-run.test.mjs", "tests/src/e2e/sign-in.test.ts"],
  );
});

test("a title of no file, no title and too many files are no reason for a second run", (t) => {
  t.is(filesOf([], root), undefined);
  t.is(filesOf(["tests › second-run › a", "elsewhere › b"], root), undefined);
  const many = ["tap", "second-run", "conformance", "src › http", "src › session"].map((file) => `tests › ${file} › a`);
  t.is(filesOf(many, root), undefined);
  t.is(filesOf(many.slice(1), root)?.length, 4);
});

test("what passes at the second run passes, and is named", (t) => {
  const told = [];
  const total = inAnotherRun(count(10, "a", "b"), count(7), (title) => told.push(title));
  t.deepEqual(total, { passed: 12, failed: 0, skipped: 1, failures: [], shaky: 2 });
  t.deepEqual(told, ["a", "b"]);
});

test("what fails again has failed, also when it is another test of the file", (t) => {
  t.like(inAnotherRun(count(10, "a"), count(6, "c"), t.fail), { passed: 10, failed: 1 });
  t.like(inAnotherRun(count(10, "a"), count(5, "a", "c"), t.fail), { passed: 10, failed: 2 });
});
