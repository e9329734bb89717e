import type { AccessControl, Person } from "@jinshui/auth";

/** What others may ask about a person, by scope. */
export const CLAIMS = {
  openid: ["sub"],
  profile: ["name"],
  organisation: ["bureau", "departments", "positions"],
};

/** A person as told to others: `sub` is their id, which never changes and is never given again. */
export function claimsOf(access: AccessControl, person: Person): { sub: string } & Record<string, unknown> {
  const { id, name, bureau, department, departmentTitle, positions } = access.profile(person);
  // what somebody does for another is no fact about them
  const own = positions.filter(({ onBehalfOf }) => !onBehalfOf);
  const departments = new Map([[department, departmentTitle]]);
  for (const held of own) departments.set(held.department, held.departmentTitle);
  return {
    sub: id,
    name,
    bureau,
    departments: [...departments].map(([departmentId, title]) => ({ id: departmentId, title: title["zh-CN"] })),
    positions: own.map((held) => ({ id: held.id, title: held.title["zh-CN"], department: held.department })),
  };
}
