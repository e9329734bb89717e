// Tells the platform of an event: a CloudEvent 1.0, signed as Standard Webhooks has it.
//   SECRET=whsec_… node post-event.mjs ADDRESS-OF-THE-HOOK ID
import { createHmac, randomUUID } from "node:crypto";

const [, , address, id] = process.argv;
const key = Buffer.from(process.env.SECRET.replace("whsec_", ""), "base64");

const body = JSON.stringify({
  specversion: "1.0",
  id, // the same when it is sent again: it has one effect
  source: "https://tax-core.example/payments",
  type: "cn.gov.tax.payment-made", // the last part is its name on the bus
  subject: "91340200000000000X",
  data: { amount: "120.50" },
});
const message = randomUUID();
const timestamp = Math.floor(Date.now() / 1_000);
const signature = createHmac("sha256", key).update(`${message}.${timestamp}.${body}`).digest("base64");

const response = await fetch(address, {
  method: "POST",
  headers: {
    "content-type": "application/cloudevents+json",
    "webhook-id": message,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  },
  body,
});
const answer = await response.json();
console.log(response.status, answer.duplicate ?? answer.code);
