import { nkeySign } from "@jinshui/bus";
import { createAccount, createOperator, createUser, fromPublic } from "@nats-io/nkeys";
import test from "ava";
import { nativePair } from "./native-pair.js";

test("a pair signs as the library does, to the byte, for every kind of key", (t) => {
  for (const create of [createUser, createAccount, createOperator]) {
    const pair = create();
    const own = nativePair(pair);
    const text = new TextEncoder().encode("金税");
    t.deepEqual(own.sign(text), pair.sign(text));
    t.is(own.getPublicKey(), pair.getPublicKey());
    t.deepEqual(own.getSeed(), pair.getSeed());
    t.true(fromPublic(own.getPublicKey()).verify(text, own.sign(text)));
  }
});

test("what is no seed signs nothing", (t) => {
  const seed = new TextDecoder().decode(createUser().getSeed());
  for (const wrong of ["", "SUA", seed.toLowerCase(), seed.slice(1), `${seed}AA`, createUser().getPublicKey()])
    t.throws(() => nkeySign(wrong, new Uint8Array()), { message: /no seed/ }, wrong);
});
