import type { Organisation } from "@jinshui/auth";
import { canonicalJson } from "@jinshui/storage";
import { createHash } from "node:crypto";
import { filter as matching } from "scim2-parse-filter";
import type { Machine } from "../clients/clients.js";
import { parsedFilter } from "./filter.js";
import { ScimError, URN } from "./protocol.js";

/** A Group as SCIM has it. */
export interface Group {
  id: string;
  displayName: string;
  members: { value: string; display: string; $ref: string }[];
  [attribute: string]: unknown;
}

/** Positions as groups: to be read. Who holds them changes by two persons, which no answer of SCIM could say. */
export class Groups {
  /** `root`: address of the service. */
  constructor(
    readonly organisation: Organisation,
    readonly root: string,
  ) {}

  async find(machine: Machine, id: string): Promise<Group> {
    if (!this.organisation.hasPosition(id)) throw new ScimError(404, `There is no Group ${id}`);
    const held = await this.organisation.heldOn(machine.bureau, id, this.organisation.today());
    const members = new Map(
      held.map(({ person }) => [
        person.id,
        { value: person.id, display: person.name, $ref: `${this.root}/Users/${person.id}` },
      ]),
    );
    const displayName = this.organisation.positionTitle(id)["zh-CN"];
    const group = { schemas: [URN.group], id, displayName, members: [...members.values()] };
    const version = `W/"${createHash("sha256").update(canonicalJson(group)).digest("hex").slice(0, 16)}"`;
    return { ...group, meta: { resourceType: "Group", location: `${this.root}/Groups/${id}`, version } };
  }

  async list(
    machine: Machine,
    { filter, startIndex, count }: { filter: string | undefined; startIndex: number; count: number },
  ): Promise<{ groups: Group[]; total: number }> {
    const ids = Object.keys(this.organisation.config.site.positions).sort();
    const all = await Promise.all(ids.map((id) => this.find(machine, id)));
    const fits = filter === undefined ? () => true : matching(parsedFilter(filter));
    const found = all.filter((group) => fits(group));
    return { groups: found.slice(startIndex - 1, startIndex - 1 + count), total: found.length };
  }

  /** Every change of a group. */
  refuse(): never {
    throw new ScimError(
      403,
      "Positions and who holds them are not changed by SCIM: one administrator proposes it in the platform and another agrees",
    );
  }
}
