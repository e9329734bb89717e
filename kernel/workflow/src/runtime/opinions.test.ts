import test from "ava";
import { withOpinions } from "./opinions.js";

const form = {
  type: "default" as const,
  id: "x",
  components: [{ type: "textarea" as const, key: "opinions", jinshui: { type: "opinion" as const } }],
};
const first = { text: "拟同意", by: "钱立", step: "review", at: "2026-11-28T10:00:00+08:00" };
const written = { by: "马静", step: "approve", at: "2026-11-28T11:00:00+08:00" };

test("an opinion stands beside those before, with who wrote it and when", (t) => {
  t.deepEqual(withOpinions(form, { opinions: " 同意 " }, { opinions: [first] }, written), {
    opinions: [first, { text: "同意", ...written }],
  });
});

test("a step that writes no opinion leaves those before", (t) => {
  t.deepEqual(withOpinions(form, { opinions: null, other: 1 }, { opinions: [first] }, written), { other: 1 });
});
