import test from "ava";
import { tapReader } from "./tap.mjs";

function read(lines, exitCode = 0) {
  const shown = [];
  const tap = tapReader((line) => shown.push(line));
  for (const line of lines) tap.read(line);
  return { count: tap.finish(exitCode), shown };
}

test("points are counted, and only failures are shown with their details", (t) => {
  const { count, shown } = read(
    [
      "TAP version 13",
      "ok 1 - a › works",
      "not ok 2 - a › breaks",
      "  ---",
      "    message: no",
      "  ...",
      "ok 3 - a › later # SKIP",
      "not ok 4 - b # TODO",
      "1..4",
      "# fail 1",
    ],
    1,
  );
  t.deepEqual(count, { passed: 1, failed: 1, skipped: 2, failures: ["a › breaks"] });
  t.deepEqual(shown, ["✗ a › breaks", "  ---", "    message: no", "  ..."]);
});

test("what a test prints is shown", (t) => {
  t.deepEqual(
    read(["TAP version 13", "# a › before hook", "#   12 ms a step", "ok 1 - a", "1..1", "# tests 1"]).shown,
    ["#   12 ms a step"],
  );
});

test("a run without tests fails", (t) => {
  t.is(read(["TAP version 13", "1..0"], 0).count.failed, 1);
});

test("a run that breaks off fails although every point was ok", (t) => {
  t.deepEqual(read(["ok 1 - a"], 0).count, { passed: 1, failed: 1, skipped: 0, failures: [] });
});

test("an exit code without a failed point is a failure", (t) => {
  t.is(read(["ok 1 - a", "1..1"], 1).count.failed, 1);
});
