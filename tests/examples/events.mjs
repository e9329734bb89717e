// Hears of events on the bus with the plain `nats` package. The site mints a credential of ten minutes for a machine's token.
//   node events.mjs https://jinshui.example CLIENT SECRET COUNT
import { connect, jwtAuthenticator, StringCodec } from "nats";

const [, , site, client, secret, count = "Infinity"] = process.argv;
const scope = "bus:asset-tracking.equipment-changed";

async function credential() {
  const got = await fetch(`${site}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope }),
  });
  const { access_token: token } = await got.json();
  const response = await fetch(`${site}/api/v1/bus/credential`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(JSON.stringify(await response.json()));
  return response.json();
}

let current = await credential();
// the server ends the connection when the credential does; the client then connects again with the next one
const renewal = setInterval(async () => (current = await credential().catch(() => current)), 5 * 60_000);

const connection = await connect({
  servers: current.servers,
  inboxPrefix: current.inboxPrefix,
  authenticator: jwtAuthenticator(
    () => current.jwt,
    () => new TextEncoder().encode(current.seed),
  ),
  maxReconnectAttempts: -1,
  ignoreAuthErrorAbort: true,
});
const text = StringCodec();
const subscriptions = current.subjects.map((subject) => connection.subscribe(subject, { max: Number(count) }));
await connection.flush();
console.log(`listening to ${current.subjects.join(", ")}`);
for (const subscription of subscriptions)
  for await (const message of subscription) {
    const { type, data } = JSON.parse(text.decode(message.data));
    console.log(`${type} ${data.action} version ${data.version}`);
  }
clearInterval(renewal);
await connection.close();
