import test from "ava";
import { join } from "node:path";
import { root } from "../site-files.js";

const { oneAtATime } = (await import(join(root, "sdk/web/dist/one-at-a-time.js"))) as {
  oneAtATime: (work: () => Promise<unknown>) => () => void;
};

test("what many ask for is done one at a time, and once more for those that asked meanwhile", async (t) => {
  const ends: (() => void)[] = [];
  let busy = 0;
  const ask = oneAtATime(async () => {
    busy += 1;
    t.is(busy, 1);
    await new Promise<void>((resolve) => ends.push(resolve));
    busy -= 1;
  });
  const finish = async (): Promise<void> => {
    ends.at(-1)?.();
    await new Promise(setImmediate);
  };
  for (let hint = 0; hint < 5; hint += 1) ask();
  t.is(ends.length, 1);
  await finish();
  t.is(ends.length, 2);
  await finish();
  t.is(ends.length, 2);
  ask();
  t.is(ends.length, 3);
  await finish();
  t.is(busy, 0);
});

test("work that failed does not keep later work from being done", async (t) => {
  let times = 0;
  const ask = oneAtATime(() => {
    times += 1;
    return Promise.reject(new Error("away"));
  });
  ask();
  await new Promise(setImmediate);
  ask();
  await new Promise(setImmediate);
  t.is(times, 2);
});
