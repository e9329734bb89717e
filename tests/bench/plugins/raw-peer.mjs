import { Buffer } from "node:buffer";
import { nats } from "./overhead.mjs";

// answers as the bench's plugin does, by the library of the bus alone
const connection = await nats.connect({ servers: process.argv[2] });
connection.subscribe("bench.raw", {
  callback(_error, message) {
    const { text } = JSON.parse(Buffer.from(message.data).toString());
    message.respond(Buffer.from(JSON.stringify({ text, version: "1.0.0" })));
  },
});
await connection.flush();
process.send("ready");
