import test from "ava";
import { ensurePrograms, natsServer } from "./programs.mjs";

test.serial("a program that a variable names is taken, wherever it lies", async (t) => {
  process.env.JINSHUI_NATS_SERVER = process.execPath;
  t.deepEqual(await ensurePrograms([natsServer]), { JINSHUI_NATS_SERVER: process.execPath });
});

test.serial("a variable that names no program is said, instead of another one being taken", async (t) => {
  process.env.JINSHUI_NATS_SERVER = "/no/such/nats-server";
  await t.throwsAsync(ensurePrograms([natsServer]), { message: /JINSHUI_NATS_SERVER=\/no\/such\/nats-server/ });
});

test.serial("a program on no PATH is found where Debian puts servers", async (t) => {
  delete process.env.JINSHUI_NATS_SERVER;
  process.env.PATH = "/nowhere";
  const { JINSHUI_NATS_SERVER: path } = await ensurePrograms([natsServer]);
  t.regex(path, /^\/usr\/.*nats-server$/);
});
