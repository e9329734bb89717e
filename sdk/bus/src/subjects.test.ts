import { JinshuiError, subject, token } from "@jinshui/contracts";
import test from "ava";
import fc from "fast-check";

// checklist: 33
test("no text gets into a subject but a plain token, so that nothing can add a token, a wildcard or a second command", (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        t.regex(subject.event("wuhu", token(text), "x"), /^jinshui\.event\.wuhu\.[a-z0-9-]{1,40}\.x$/);
      } catch (error) {
        t.true(error instanceof JinshuiError);
      }
    }),
  );
  for (const bad of ["a.b", "a b", "a\r\nPUB x 0", "*", ">", "", "A", "a".repeat(41)])
    t.throws(() => token(bad), { message: /no subject token/ });
});
