import { bpmnServer } from "../engine/bpmn-server.mjs";

const TASKS = 10;
const steps = Array.from({ length: TASKS }, (_, n) => `<userTask id="t${n}"/>`).join("");
const order = ["start", ...Array.from({ length: TASKS }, (_, n) => `t${n}`), "end"];
const flows = order.slice(1).map((to, n) => `<sequenceFlow id="f${n}" sourceRef="${order[n]}" targetRef="${to}"/>`);
const XML = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="durable" isExecutable="true"><startEvent id="start"/>${steps}<endEvent id="end"/>${flows.join("")}</process></definitions>`;

/**
 * The npm package bpmn-server, of the two the one made to keep its instances. Its own store is MongoDB, which a site does not have: here
 * what it would write there, the instance as JSON, goes to a row of the same database, once for each completion and with the same
 * durability. In its favour: instances stay in memory and are never read again, tasks are not searched for, and there is no inbox, history,
 * audit trail, event or idempotency key. bpmn-engine has no store at all.
 */
export async function openDurablePeer(sql) {
  await sql.all("CREATE TABLE durable_peer (id VARCHAR(64) PRIMARY KEY, state MEDIUMTEXT NOT NULL)");
  const { hold, written } = await bpmnServer({ id: "durable", xml: XML, variables: {}, tasks: TASKS });
  const ready = [];
  const row = (instance) => [written(instance), instance.id];
  const save = (instance) =>
    sql.transaction((run) => run("UPDATE durable_peer SET state = ? WHERE id = ?", row(instance)));
  return {
    /** Starts as many as can be needed. */
    async ready(count) {
      const started = await Promise.all(Array.from({ length: count }, hold));
      await sql.transaction(async (run) => {
        for (const instance of started) await run("INSERT INTO durable_peer (state, id) VALUES (?, ?)", row(instance));
      });
      ready.push(...started);
    },
    /** Finishes one task. */
    async complete() {
      const instance = ready.shift();
      if (!instance) throw new Error("too few instances were started for the other engine");
      const task = instance.getItems().find(({ status }) => status === "wait");
      await instance.signalItem(task.id, {});
      await save(instance);
      if (instance.status !== "end") ready.push(instance);
    },
  };
}
