import { until } from "@jinshui/testing";
import { randomUUID } from "node:crypto";
import { ChaosClient } from "./chaos-client.js";
import { OUTSIDER, PEOPLE } from "./chaos-files.js";

/** Signs everybody in, and says what can be started as soon as the plugin runs. */
export async function signInAll(
  urls: () => readonly string[],
): Promise<{ clients: ChaosClient[]; outsider: ChaosClient; definitions: string[] }> {
  const clients: ChaosClient[] = [];
  for (const { username } of PEOPLE) clients.push(await ChaosClient.signIn(urls, username));
  const outsider = await ChaosClient.signIn(urls, OUTSIDER);
  const definitions: string[] = [];
  await until(async () => {
    const listed = await clients[0]?.ask(urls()[0] ?? "", "definitions", { startable: true, limit: 200 }, randomUUID());
    definitions.splice(
      0,
      Infinity,
      ...(listed?.definitions ?? []).filter(({ key }) => key !== "called").map(({ id }) => id),
    );
    return definitions.length > 0;
  }, 30_000);
  return { clients, outsider, definitions };
}
