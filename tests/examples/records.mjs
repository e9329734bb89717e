// A program that knows nothing of the platform's SDK: Node.js and `fetch`, nothing else.
//   node records.mjs https://jinshui.example CLIENT SECRET
// It gets a token by client credentials, adds a record, reads it, changes it and lists what has changed.
import { randomUUID } from "node:crypto";

const [, , site, client, secret] = process.argv;
const collection = "asset-tracking.equipment";
const scopes = ["storage:asset-tracking.view", "storage:asset-tracking.manage"];

/** A token is good for five minutes; get another one when an answer is 401. */
async function getToken() {
  const response = await fetch(`${site}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: scopes.join(" ") }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`no token: ${answer.error}`);
  return answer.access_token;
}

const token = await getToken();

/** `key`: of a change; the same one when it is sent again, so that it has one effect. */
async function call(method, path, { body, key } = {}) {
  const response = await fetch(`${site}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(key ? { "idempotency-key": key } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.message} (trace ${answer.traceId})`);
  return answer;
}

const records = `/collections/${collection}/records`;
const values = { code: "WH-2005-09901", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };

const key = randomUUID();
const added = await call("POST", records, { body: { values }, key });
const again = await call("POST", records, { body: { values }, key });
console.log(`added, and sent again: ${added.id === again.id ? "one record" : "two records"}`);

const { version } = await call("GET", `${records}/${added.id}`);
await call("PATCH", `${records}/${added.id}`, {
  body: { version, values: { name: "便携式计算机" } },
  key: randomUUID(),
});

const filter = encodeURIComponent(JSON.stringify({ code: values.code }));
const { records: found, total } = await call("GET", `${records}?filter=${filter}&limit=10`);
console.log(`found ${total}: ${found[0].values.name}, version ${found[0].version}`);

const { changes } = await call("GET", `/collections/${collection}/changes?limit=2`);
console.log(`changes: ${changes.map(({ action }) => action).join(", ")}`);
