import test from "ava";
import { durationsOf } from "./durations.js";

test("percentiles are by nearest rank: of ten hours the fifth and the ninth", (t) => {
  const hours = [30, 2, 3, 12, 3, 4, 9, 5, 6, 8].map((hour) => hour * 60);
  t.deepEqual(durationsOf(hours), { average: 492, median: 300, p90: 720 });
  t.deepEqual(durationsOf([7]), { average: 7, median: 7, p90: 7 });
  t.is(durationsOf([]), undefined, "nothing is not zero");
});
