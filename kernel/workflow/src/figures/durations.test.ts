import test from "ava";
import { durationsOf } from "./durations.js";

test("percentiles are by nearest rank: of ten hours the fifth and the ninth", (t) => {
  const hours = [30, 2, 3, 12, 3, 4, 9, 5, 6, 8].map((hour): [number, number] => [hour * 60, 1]);
  t.deepEqual(durationsOf(hours), { average: 492, median: 300, p90: 720 });
  t.deepEqual(durationsOf([[7, 1]]), { average: 7, median: 7, p90: 7 });
  t.deepEqual(
    durationsOf([
      [9, 1],
      [1, 9],
    ]),
    { average: 2, median: 1, p90: 1 },
  );
  t.deepEqual(
    durationsOf([
      [9, 2],
      [1, 8],
    ]),
    { average: 3, median: 1, p90: 9 },
  );
  t.is(durationsOf([]), undefined, "nothing is not zero");
});
