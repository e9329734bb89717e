import { BUREAU } from "./chaos-files.js";
import { commandFaults, orderFaults } from "./check-commands.js";
import { effectFaults } from "./check-effects.js";
import { factFaults, shownFaults } from "./check-facts.js";
import { fenceFaults, joinedFaults, numberFaults } from "./check-rows.js";
import type { Run } from "./run.js";

/** Everything that is wrong with a run, each with the number of the invariant it breaks; nothing when all is well. */
export function faultsOf(run: Run): string[] {
  const { snapshot } = run;
  return [
    ...commandFaults(run),
    ...orderFaults(run),
    ...effectFaults(snapshot, BUREAU),
    ...factFaults(snapshot),
    ...shownFaults(snapshot),
    ...joinedFaults(snapshot),
    ...numberFaults(snapshot),
    ...fenceFaults(snapshot),
    ...snapshot.auditProblems.map((problem) => `I9: ${problem}`),
  ];
}
