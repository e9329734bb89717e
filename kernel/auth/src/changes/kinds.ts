import { JinshuiError } from "@jinshui/contracts";
import type { AccessControl } from "../access-control.js";
import type { Accounts } from "../people/accounts.js";
import { addHolding, holdingsOf, type NewHolding } from "../people/holdings.js";
import type { Organisation } from "../people/organisation.js";
import type { Period } from "../people/period.js";
import { requirePeriod, requirePerson, requirePosition } from "../people/requirements.js";
import type { ChangeKind } from "./change-requests.js";

export type HoldingPayload = Omit<NewHolding, "bureau">;
export interface PermissionPayload {
  position: string;
  permission: string;
}

/** That a person come to hold a position. */
export function holdPosition(organisation: Organisation): ChangeKind<HoldingPayload> {
  const { departments, separation } = organisation;
  return {
    async summary({ person, position, department, acting, ...period }, reader) {
      const found = await requirePerson(organisation, person, undefined, reader);
      const title = organisation.positionTitle(position);
      const where = departments.title(found.bureau, department);
      const verb = acting === true ? "代理" : "担任";
      return {
        "zh-CN": `${found.name}${verb}${where["zh-CN"]}${title["zh-CN"]}${inWords(period)}`,
        en: `${found.name} ${acting === true ? "acts as" : "becomes"} ${title.en ?? title["zh-CN"]}, ${where.en ?? where["zh-CN"]}${inEnglish(period)}`,
      };
    },
    beneficiaries: ({ person }) => [person],
    async check(payload, bureau, reader) {
      const { position, department, from, until, acting } = payload;
      const person = await requirePerson(organisation, payload.person, bureau, reader);
      requirePosition(organisation, position);
      requirePeriod({ ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) });
      if (acting === true && until === undefined)
        throw new JinshuiError("invalid-request", "Acting ends on a day: name it in until", {
          details: { field: "until", reason: "acting-without-end" },
        });
      departments.require(bureau, department, payload);
      const held = await holdingsOf(reader, [person.id]);
      const given = person.positions.filter(({ onBehalfOf }) => onBehalfOf).map(({ id }) => ({ position: id }));
      separation.require(person, [payload], [...held, ...given]);
    },
    async apply(tx, payload, bureau) {
      return `holding/${await addHolding(tx, { ...payload, bureau })}`;
    },
  };
}

/** That the holders of a position come to have a permission. */
export function grantPermission(access: AccessControl): ChangeKind<PermissionPayload> {
  return {
    summary({ position, permission }) {
      const title = access.organisation.positionTitle(position);
      const what = access.permissionTitle(permission);
      return Promise.resolve({
        "zh-CN": `${title["zh-CN"]}获得权限：${what["zh-CN"]}`,
        en: `${title.en ?? title["zh-CN"]} gets the permission ${what.en ?? what["zh-CN"]}`,
      });
    },
    check({ position, permission }, bureau) {
      access.requireGrantable(position, permission, bureau);
      return Promise.resolve();
    },
    async apply(tx, { position, permission }, bureau) {
      await access.grants.set(tx, { bureau, position, permission, granted: true });
      return `position/${position}`;
    },
  };
}

/** That the second factors of a person be removed, who has lost them. */
export function removeSecondFactors(organisation: Organisation, accounts: Accounts): ChangeKind<{ person: string }> {
  return {
    async summary({ person }, reader) {
      const { name } = await requirePerson(organisation, person, undefined, reader);
      return { "zh-CN": `清除${name}的双因素认证`, en: `Remove the second factors of ${name}` };
    },
    beneficiaries: ({ person }) => [person],
    async check({ person }, bureau, reader) {
      await requirePerson(organisation, person, bureau, reader);
    },
    async apply(tx, { person }) {
      await accounts.factors.removeAll(tx, person);
      await accounts.sessions.end(tx, person);
      return `person/${person}`;
    },
  };
}

/** A period as a Chinese sentence ends with it. */
export function inWords({ from, until }: Period): string {
  if (from === undefined && until === undefined) return "";
  if (until === undefined) return `（自 ${from ?? ""} 起）`;
  return from === undefined ? `（至 ${until}）` : `（${from} 至 ${until}）`;
}

/** The same in English. */
export function inEnglish({ from, until }: Period): string {
  return `${from === undefined ? "" : `, from ${from}`}${until === undefined ? "" : `, until ${until}`}`;
}
