import type { ProcessModel } from "../model/model.js";
import { parseModel } from "../model/parse.js";
import type { Problem } from "../model/problem.js";
import { checkProcess, type SiteOffers } from "./check-process.js";

/** One process of a file with all that is said about it. */
export interface CheckedProcess {
  model: ProcessModel;
  title: string;
  problems: Problem[];
}

/**
 * Everything a file holds and what a site has to say about it: with one error nothing of it is deployed.
 *
 * @returns `problems` are those of the file as a whole.
 */
export async function checkFile(
  xml: string,
  offers: SiteOffers,
): Promise<{ processes: CheckedProcess[]; problems: Problem[] }> {
  const { processes, problems, lines } = await parseModel(xml);
  const placed = (problem: Problem): Problem => {
    const line = problem.element === undefined ? undefined : lines.get(problem.element);
    return line === undefined ? problem : { ...problem, line };
  };
  return {
    processes: processes.map((model) => ({
      model,
      title: model.name ?? model.id,
      problems: [...problems.filter(({ process }) => process === model.id), ...checkProcess(model, offers).map(placed)],
    })),
    problems: problems.filter(({ process }) => process === undefined),
  };
}
