import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { TestSite } from "@jinshui/testing";
import { table } from "./harness.mjs";
import { newPage, openBrowser, signIn, sizesOf } from "./shell/browser.mjs";
import { firstScripts } from "./shell/first-scripts.mjs";
import { firstVisit, longForm, scrolledList, signedInState } from "./shell/pages.mjs";

/**
 * What the shell weighs and how soon it answers, in the system's Chromium against a real site: sizes before the first page and of the
 * workbench, largest paint, moved layout and interactions near by and on a slow machine with a slow line, frames of a list of
 * 100,000 records, and a form of 200 fields. Of several visits the median counts. Ends with 1 when a limit is missed.
 * `--quick`: one visit of each; `--json` prints one object.
 */
const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, json: { type: "boolean" } } });
const visits = given.quick ? 1 : 5;
const say = given.json ? () => undefined : console.log;
const lines = [];
let missed = 0;

function note(what, value, unit, limit) {
  const isMet = limit === undefined || value <= limit;
  if (!isMet) missed += 1;
  lines.push({ what, value, unit, limit, isMet });
}
const percentile = (list, share) => list.toSorted((a, b) => a - b)[Math.ceil((list.length * share) / 100) - 1] ?? 0;

say(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}`);
const site = await TestSite.start({});
const browser = await openBrowser();
try {
  const outside = await newPage(browser);
  const frame = await sizesOf(outside, async () => {
    await outside.goto(site.url);
    await outside.getByLabel("用户名").waitFor();
    await outside.waitForLoadState("networkidle");
  });
  const first = await firstScripts(site.url);
  note("scripts before the first page", first.br, "KB br", 90);
  note("the same", first.gz, "KB gz");
  note("with the page for signing in", frame.script.br, "KB br");
  note("styles before the first page", frame.stylesheet.gz, "KB gz", 45);
  const inside = await newPage(browser);
  const home = await sizesOf(inside, async () => {
    await signIn(inside, site.url, "zhaomin");
    await inside.waitForLoadState("networkidle");
  });
  note("workbench, scripts and styles", home.script.br + home.stylesheet.br, "KB br", 220);
  await inside.context().close();

  const keeper = await site.signIn("zhaomin");
  await keeper.enter(
    "asset-tracking.equipment",
    Array.from({ length: 60 }, (_, at) => ({
      code: `WH-2005-${String(at).padStart(5, "0")}`,
      name: `交换机 ${at}`,
      category: "switch",
      purchasedOn: "2005-03-01",
    })),
  );
  const state = await signedInState(browser, site.url, "zhaomin");
  for (const [where, slow, lcpMs] of [
    ["near by", false, 1_200],
    ["4 × slower, 1.6 Mbit/s", true, 2_500],
  ]) {
    const all = [];
    for (let visit = 0; visit < visits; visit += 1) all.push(await firstVisit(browser, site.url, state, slow));
    const median = (take) => percentile(all.map(take), 50);
    note(
      `largest paint, ${where}`,
      median((one) => one.lcpMs),
      "ms",
      lcpMs,
    );
    const interactions = all.flatMap((one) => one.interactions);
    note(`interactions p95, ${where}`, percentile(interactions, 95), "ms", 200);
    note(
      `moved layout, ${where}`,
      median((one) => one.cls),
      "",
      0.05,
    );
  }
  const { frames, rows } = await scrolledList(browser, site.url, state);
  note("list of 100,000: frame p50", percentile(frames, 50), "ms");
  note("list of 100,000: frame p95", percentile(frames, 95), "ms", 50);
  note("list of 100,000: rows drawn", rows, "", 100);
  const form = await longForm(browser, site.url, state);
  note("form of 200 fields opens", form.openMs, "ms", 1_000);
  note("form of 200 fields: interactions p95", percentile(form.interactions, 95), "ms", 200);
} finally {
  await browser.close();
  await site.stop();
}
if (given.json) console.log(JSON.stringify({ load: loadavg()[0], lines }));
say(
  table(
    ["", "measured", "unit", "limit"],
    lines.map(({ what, value, unit, limit, isMet }) => [
      what,
      value,
      unit,
      limit === undefined ? "" : `${isMet ? "" : "MISSED "}${limit}`,
    ]),
  ),
);
process.exitCode = missed > 0 ? 1 : 0;
