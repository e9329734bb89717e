import test from "ava";
import { RateLimit } from "./rate-limit.js";

test("a caller has its burst, then its rate; others and the exempt are left alone; a flood is said once a second and not answered", (t) => {
  const limit = new RateLimit({ exempt: ["gateway"], perSecond: 10, burst: 20, flood: 5_000 });
  const send = (caller: string, count: number, at: number): Record<string, number> => {
    const seen: Record<string, number> = { serve: 0, refuse: 0, drop: 0, flood: 0 };
    for (let sent = 0; sent < count; sent += 1) {
      const { verdict, isFlood } = limit.take(caller, at);
      seen[verdict] = (seen[verdict] ?? 0) + 1;
      if (isFlood) seen["flood"] = (seen["flood"] ?? 0) + 1;
    }
    return seen;
  };
  t.deepEqual(send("a", 25, 0), { serve: 20, refuse: 5, drop: 0, flood: 0 });
  t.deepEqual(send("b", 20, 0), { serve: 20, refuse: 0, drop: 0, flood: 0 });
  t.deepEqual(send("gateway", 9_000, 0), { serve: 9_000, refuse: 0, drop: 0, flood: 0 });
  t.deepEqual(send("a", 15, 1_000), { serve: 10, refuse: 5, drop: 0, flood: 0 });
  t.deepEqual(send("a", 9_000, 60_000), { serve: 20, refuse: 1_000, drop: 7_980, flood: 1 });
  t.deepEqual(send("a", 15, 61_000), { serve: 10, refuse: 5, drop: 0, flood: 0 });
});
