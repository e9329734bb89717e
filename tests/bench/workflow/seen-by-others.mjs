import { TextDecoderStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { workflowApi } from "@jinshui/contracts";
import { oneAtATime } from "../../../sdk/web/dist/one-at-a-time.js";
import { percentile } from "../storage/measure.mjs";

/** What is not there by then counts as this. */
const MOST_MS = 20_000;

/**
 * Milliseconds from a completion's request until the next person's page, told over its event stream, has read the task in the inbox: all
 * over HTTP with sessions, at a steady rate, whether or not the ones before have been answered. No inbox may be longer than a page.
 * @param {{id: string, version: number, instance: string, person: string, next: string}[]} tasks One for each completion.
 */
export async function seenByOthers(site, tasks, perSecond) {
  const people = new Map();
  for (const username of new Set(tasks.flatMap(({ person, next }) => [person, next])))
    people.set(username, await site.site.signIn(username));
  const watched = new Map();
  const streams = [];
  for (const username of new Set(tasks.map(({ next }) => next))) {
    const { send, client } = people.get(username);
    const workflow = client(workflowApi);
    // as the shell's page of tasks reads them
    const look = oneAtATime(async () => {
      const { tasks: inbox } = await workflow.tasks({ kind: "todo", limit: 50 });
      const now = performance.now();
      for (const { instance } of inbox) watched.get(instance)?.(now);
    });
    streams.push(await listen(send, (text) => text.includes("workflow.task-created") && look()));
  }
  const times = [];
  const all = [];
  const began = performance.now();
  for (const [at, { id, version, instance, person }] of tasks.entries()) {
    await sleep(Math.max(0, at * (1_000 / perSecond) - (performance.now() - began)));
    const started = performance.now();
    const seen = new Promise((resolve) => watched.set(instance, resolve));
    const timeout = sleep(MOST_MS, started + MOST_MS, { ref: false });
    const input = { id, version, action: "approve", opinion: "同意", values: {} };
    all.push(
      Promise.race([seen, timeout]).then((now) => times.push(now - started)),
      people.get(person).client(workflowApi).complete(input),
    );
  }
  await Promise.all(all);
  const reached = (tasks.length * 1_000) / (performance.now() - began);
  for (const stop of streams) stop();
  return { reached, p50: percentile(times, 50), p95: percentile(times, 95) };
}

/** Reads an event stream as the shell's page does; resolves when it has said hello, with the way to stop. */
async function listen(send, heard) {
  let stopped = false;
  const response = await send("GET", "/api/v1/events", undefined, {});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || stopped) return;
      heard(value);
    }
  };
  void read().catch(() => undefined);
  return () => {
    stopped = true;
    void reader.cancel().catch(() => undefined);
  };
}
