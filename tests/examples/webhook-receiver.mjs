// Receives events by webhook: checks the signature (Standard Webhooks), knows repetitions, answers at once.
//   SECRET=whsec_… node webhook-receiver.mjs PORT
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.SECRET.replace("whsec_", ""), "base64");
const seen = new Set(); // a real receiver keeps ids in its database, in the transaction of the effect

/** `webhook-signature` may hold several signatures while the secret is being renewed: one of them must be right. */
function isGenuine(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false;
  const right = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(" ").some((signature) => {
    const shown = Buffer.from(signature.replace("v1,", ""), "base64");
    return shown.length === right.length && timingSafeEqual(shown, right);
  });
}

createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
  const event = JSON.parse(body); // a CloudEvent 1.0
  if (!seen.has(event.id)) {
    seen.add(event.id);
    console.log(`${event.type} ${JSON.stringify(event.data)}`);
  }
  response.writeHead(204).end(); // within ten seconds; what takes longer is done afterwards
}).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
