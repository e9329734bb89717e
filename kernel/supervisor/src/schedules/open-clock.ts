import type { Supervisor } from "../supervisor.js";
import { ScheduleClock, type ScheduledWork } from "./schedule-clock.js";

/** The clock for the schedules of a supervisor's plugins; not started yet. */
export function openClock(supervisor: Supervisor): ScheduleClock {
  const { database, log, site, bureaus } = supervisor.options;
  return new ScheduleClock({
    database,
    log,
    owner: site,
    wanted: () => bureaus.flatMap(({ bureau }) => workIn(supervisor, bureau)),
    receiver: (plugin, bureau) =>
      supervisor.runners(plugin).find((runner) => runner.state.phase === "running" && runner.bureaus.includes(bureau)),
  });
}

function workIn(supervisor: Supervisor, bureau: string): ScheduledWork[] {
  return supervisor.enabledPlugins(bureau).flatMap((plugin) => {
    const { schedules = [] } = supervisor.releaseIn(plugin, bureau)?.content?.manifest.contributes ?? {};
    return schedules.map((schedule) => ({ bureau, plugin, schedule }));
  });
}
