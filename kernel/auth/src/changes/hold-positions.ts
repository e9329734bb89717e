import { JinshuiError, type LocalText } from "@jinshui/contracts";
import type { Reader } from "@jinshui/storage";
import { addHolding, holdingsOf } from "../people/holdings.js";
import type { Organisation, Person } from "../people/organisation.js";
import { requirePeriod, requirePosition } from "../people/requirements.js";
import type { ChangeKind } from "./change-requests.js";
import { type HoldingPayload, inEnglish, inWords } from "./kinds.js";

/** People are looked up so many at a time. */
const PIECE = 200;

export interface HoldingsPayload {
  holdings: HoldingPayload[];
}

/** That many people come to hold positions, all of them or none. */
export function holdPositions(organisation: Organisation): ChangeKind<HoldingsPayload> {
  const { departments, separation } = organisation;
  return {
    summary({ holdings }) {
      const people = new Set(holdings.map(({ person }) => person)).size;
      return Promise.resolve({
        "zh-CN": `${people} 人任职，共 ${holdings.length} 项`,
        en: `${people} people come to hold ${holdings.length} positions`,
      });
    },
    async lines({ holdings }, reader) {
      const people = await peopleOf(organisation, holdings, reader);
      return holdings.map(({ person: id, position, department, ...period }): LocalText => {
        const person = people.get(id);
        const title = organisation.positionTitle(position);
        const where = departments.title(person?.bureau ?? "", department);
        const name = person?.name ?? id;
        return {
          "zh-CN": `${name}：${where["zh-CN"]} ${title["zh-CN"]}${inWords(period)}`,
          en: `${name}: ${title.en ?? title["zh-CN"]}, ${where.en ?? where["zh-CN"]}${inEnglish(period)}`,
        };
      });
    },
    beneficiaries: ({ holdings }) => holdings.map(({ person }) => person),
    async check({ holdings }, bureau, reader) {
      const people = await peopleOf(organisation, holdings, reader);
      const held = await holdingsOf(reader, [...people.keys()]);
      for (const [id, own] of Map.groupBy(holdings, ({ person }) => person)) {
        const person = people.get(id);
        if (person?.bureau !== bureau)
          throw new JinshuiError("not-found", `There is no person ${id} in ${bureau}`, { details: { person: id } });
        for (const payload of own) {
          requirePosition(organisation, payload.position);
          requirePeriod(payload);
          departments.require(bureau, payload.department, payload);
        }
        const given = person.positions.filter(({ onBehalfOf }) => onBehalfOf).map((one) => ({ position: one.id }));
        separation.require(person, own, [...held.filter((holding) => holding.person === id), ...given]);
      }
    },
    async apply(tx, { holdings }, bureau) {
      for (const holding of holdings) await addHolding(tx, { ...holding, bureau });
      return `bureau/${bureau}`;
    },
  };
}

async function peopleOf(
  organisation: Organisation,
  holdings: readonly HoldingPayload[],
  reader: Reader,
): Promise<Map<string, Person>> {
  const ids = [...new Set(holdings.map(({ person }) => person))];
  const people = new Map<string, Person>();
  for (let start = 0; start < ids.length; start += PIECE) {
    const where = { and: [{ id: { in: ids.slice(start, start + PIECE) } }, organisation.active()] };
    for (const person of await organisation.people(await reader.find("person", { where }), reader))
      people.set(person.id, person);
  }
  return people;
}
