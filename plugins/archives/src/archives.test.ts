import { type Client, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { TestSite, until } from "@jinshui/testing";
import test from "ava";

let site: TestSite;
test.before("start a site", async () => {
  site = await TestSite.start({ movableClock: true });
});
test.after.always("stop it", () => site.stop());

async function as(username: string): Promise<Client<WorkflowApi>> {
  return (await site.signIn(username)).client(workflowApi);
}

async function start(
  username: string,
  key: string,
  values: Record<string, unknown>,
): Promise<{ id: string; number: string }> {
  const workflow = await as(username);
  const { definitions } = await workflow.definitions({ limit: 200 });
  return workflow.start({ definition: definitions.find((each) => each.key === key)?.id ?? "", values });
}

/** Finishes the step of a matter that waits for somebody, as soon as it does. */
async function act(username: string, instance: string, action: string, values: object = {}): Promise<void> {
  const workflow = await as(username);
  let task: { id: string; version: number } | undefined;
  await until(async () => {
    const { tasks } = await workflow.tasks({ kind: "todo", limit: 200 });
    task = tasks.find((each) => each.instance === instance);
    return task !== undefined;
  });
  const { id, version } = task ?? { id: "", version: 0 };
  await workflow.complete({ id, version, action, opinion: "意见", values: { ...values } });
}

test.serial("an archive is lent to who asks, and disposed of when its time is over and two have agreed", async (t) => {
  const clerk = await as("hanbo");
  const matter = await start("hanbo", "asset-requisition", { category: "desktop", reason: "旧事", place: "大厅" });
  await clerk.cancelInstance({ id: matter.id, reason: "不需要了" });
  const { number } = matter;
  const [archive] = (await clerk.archives({ search: number })).archives;
  const id = archive?.id ?? "";
  t.like(archive, { retention: "10", held: false, state: "cancelled" });

  const loan = await start("sj020", "archive-loan", { numbers: number, until: "2099-12-31", reason: "查证" });
  t.is((await (await as("sj020")).archives({ search: number })).total, 0, "not before it is lent");
  await act("sj003", loan.id, "approve");
  await until(async () => (await (await as("sj020")).archives({ search: number })).total === 1);
  t.is((await (await as("sj020")).archive({ id })).intact, true);

  const disposal = await start("sj003", "archive-disposal", { numbers: number, reason: "保管期满" });
  await act("sj011", disposal.id, "approve");
  await act("sj063", disposal.id, "approve");
  await act("sj003", disposal.id, "submit");
  t.is((await clerk.archive({ id })).disposal, undefined, "ten years are not over");

  await site.advance({ days: 366 * 12 });
  const keeper = await as("sunjie");
  await keeper.holdArchive({ id, held: true, reason: "涉诉" });
  await act("sj011", disposal.id, "approve");
  await act("sj063", disposal.id, "approve");
  await act("sj003", disposal.id, "submit");
  await keeper.holdArchive({ id, held: false, reason: "已结案" });
  t.is((await keeper.archives({ state: "due", search: number })).total, 1);
  await act("sj011", disposal.id, "approve");
  await act("sj063", disposal.id, "approve");
  await until(async () => (await keeper.archive({ id })).disposal !== undefined);
  const gone = await keeper.archive({ id });
  t.like(gone, { sha256: archive?.sha256, variables: {}, history: [] });
  t.is(gone.disposal?.by.length, 2);
  t.is(gone.disposal?.number, disposal.number);
});
