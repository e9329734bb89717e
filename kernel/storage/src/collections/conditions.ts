import type { Filter } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Where } from "../database/table.js";
import { type SearchPlan, searchPlan, type SearchWay } from "../search/plan.js";
import { pathsIn, toWhere } from "./filter.js";
import type { Standing } from "./rights.js";

interface Input {
  filter?: Filter;
  search?: string;
  removed?: boolean;
}

/** The rows that a list, a count or a sum is about: what the caller reaches ∩ the filter ∩ the search. */
export async function conditions(database: Database, standing: Standing, input: Input): Promise<Where> {
  const { base, plan } = await searchConditions(database, standing, input);
  return plan ? { and: [base, plan.where] } : base;
}

/** The same with what is searched for apart, for lists that put the best first. */
export async function searchConditions(
  database: Database,
  standing: Standing,
  input: Input,
  way?: SearchWay,
): Promise<{ base: Where; plan: SearchPlan | undefined }> {
  const parts: Where[] = [standing.reach, { live: input.removed ? null : true }];
  if (input.filter) parts.push(toWhere(standing, input.filter, await pathsIn(database, standing, input.filter)));
  return {
    base: { and: parts },
    plan: await searchPlan(database, standing.collection, input.search ?? "", way),
  };
}
