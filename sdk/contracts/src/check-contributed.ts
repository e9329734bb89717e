import { contributionProblems } from "./check-contributions.js";
import { settingsProblems } from "./check-settings.js";
import type { PluginContent, PluginProblem } from "./plugin-folder.js";
import { timingFault } from "./schedule-times.js";
import type { Schedule } from "./schedules.js";

/** What does not fit among settings, schedules, cards, commands, task forms and entries for other plugins. */
export function contributedProblems(
  { manifest, settings, forms, processes }: PluginContent,
  unread: ReadonlySet<string>,
): PluginProblem[] {
  const { contributes, server } = manifest;
  const { schedules = [] } = contributes;
  const offered = {
    // what can't be read is said to be wrong once
    forms: [...forms.map(({ id }) => id), ...unread],
    processes: processes.map(({ xml }) => xml),
  };
  const inManifest = [
    ...contributionProblems(manifest, offered),
    ...scheduleProblems(schedules),
    ...(schedules.length > 0 && !server ? ["has schedules, but no server that does them"] : []),
  ];
  const inSettings = settings ? settingsProblems(settings, manifest) : [];
  return [
    ...inManifest.map((message) => ({ file: "package.json", message })),
    ...inSettings.map((message) => ({ file: contributes.settings ?? "", message })),
  ];
}

function scheduleProblems(schedules: readonly Schedule[]): string[] {
  return schedules.flatMap(({ id, ...timing }, index) => {
    const fault = timingFault(timing);
    const isTwice = schedules.slice(0, index).some((other) => other.id === id);
    return [
      ...(fault === undefined ? [] : [`schedule "${id}" ${fault}`]),
      ...(isTwice ? [`two schedules have the id "${id}"`] : []),
    ];
  });
}
