import { isJinshuiError, type PeopleFileProblem, type PeopleFileRow } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import { pinyin } from "pinyin-pro";
import type { Organisation } from "./organisation.js";
import { holdingsOf } from "./holdings.js";
import type { PersonLine } from "./people-file.js";
import { isDay } from "./period.js";

const USERNAME = /^[a-z][a-z0-9.-]{1,39}$/;
const LONGEST_NAME = 60;
/** User names looked up in one question. */
const PIECE = 500;

/** Tells of each line of a file of people whether it is somebody new, somebody known, or what is wrong with it. */
export async function checkPeople(
  database: Database,
  organisation: Organisation,
  bureau: string,
  lines: readonly PersonLine[],
): Promise<PeopleFileRow[]> {
  const taken = await known(database, lines);
  const used = new Map<string, number>();
  for (const { username } of lines) if (username !== "") used.set(username, (used.get(username) ?? 0) + 1);
  const rows = lines.map((line): PeopleFileRow => {
    const problems: PeopleFileProblem[] = [];
    const problem = (column: PeopleFileProblem["column"], reason: PeopleFileProblem["reason"], value?: string): void =>
      void problems.push({ column, reason, ...(value === undefined ? {} : { value: value.slice(0, 60) }) });

    if (line.name === "") problem("name", "missing");
    else if (line.name.length > LONGEST_NAME) problem("name", "too-long", line.name);
    const username = line.username === "" ? suggested(line.name, taken, used) : line.username;
    const holder = taken.get(line.username);
    // who left, has another name or is another bureau's is somebody else
    const person = holder?.bureau === bureau && holder.name === line.name && !holder.hasLeft ? holder : undefined;
    if (!USERNAME.test(username)) problem("username", line.username === "" ? "missing" : "not-a-username", username);
    else if ((used.get(username) ?? 0) > 1) problem("username", "twice", username);
    else if (holder && !person) problem("username", "taken", username);
    const department = departmentOf(organisation, bureau, line.department);
    if (!department) problem("department", line.department === "" ? "missing" : "unknown", line.department);
    const positions = line.positions.flatMap((text) => {
      const found = positionOf(organisation, text);
      if (!found) problem("positions", "unknown", text);
      return found ?? [];
    });
    if (line.from !== "" && !isDay(line.from)) problem("from", "no-day", line.from);
    try {
      organisation.separation.require(
        { id: "", name: line.name },
        positions.map(({ id }) => ({ position: id })),
        [],
      );
    } catch (error) {
      if (!isJinshuiError(error)) throw error;
      problem("positions", "apart", line.positions.join("、"));
    }
    return {
      row: line.row,
      state: problems.length > 0 ? "wrong" : person ? "known" : "new",
      name: line.name.slice(0, LONGEST_NAME),
      username: username.slice(0, 40),
      ...(department ? { department: department.id } : {}),
      departmentTitle: department?.title ?? { "zh-CN": line.department.slice(0, LONGEST_NAME) },
      positions,
      ...(isDay(line.from) ? { from: line.from } : {}),
      ...(person ? { person: person.id } : {}),
      problems,
    };
  });
  return withoutHeld(database, rows);
}

/** Of somebody known only the positions count that they do not hold yet. */
async function withoutHeld(database: Database, rows: PeopleFileRow[]): Promise<PeopleFileRow[]> {
  const held = await holdingsOf(
    database,
    rows.flatMap(({ person }) => person ?? []),
  );
  const has = new Set(held.map(({ person, position, department }) => `${person}/${position}/${department}`));
  return rows.map((row) => ({
    ...row,
    positions: row.positions.filter(({ id }) => !has.has(`${row.person ?? ""}/${id}/${row.department ?? ""}`)),
  }));
}

interface Known {
  id: string;
  name: string;
  bureau: string;
  hasLeft: boolean;
}

/** Who has the user names of a file, and all that begin like those it would be given. */
async function known(database: Database, lines: readonly PersonLine[]): Promise<Map<string, Known>> {
  const given = lines.map(({ username }) => username).filter((username) => username !== "");
  const begun = lines.filter(({ username }) => username === "").map(({ name }) => spelled(name));
  const found = new Map<string, Known>();
  const take = async (where: object): Promise<void> => {
    for (const row of await database.find("person", {
      where: { ...where },
      columns: ["id", "username", "name", "bureau", "disabled", "last_day"],
    }))
      found.set(String(row["username"]), {
        id: String(row["id"]),
        name: String(row["name"]),
        bureau: String(row["bureau"]),
        hasLeft: row["disabled"] === true || row["last_day"] !== undefined,
      });
  };
  for (let start = 0; start < given.length; start += PIECE)
    await take({ username: { in: given.slice(start, start + PIECE) } });
  const bases = [...new Set(begun)].filter((base) => base !== "");
  for (let start = 0; start < bases.length; start += 50)
    await take({ or: bases.slice(start, start + 50).map((base) => ({ username: { startsWith: base } })) });
  return found;
}

function departmentOf(
  organisation: Organisation,
  bureau: string,
  text: string,
): PeopleFileRow["positions"][0] | undefined {
  return organisation.departments
    .of(bureau)
    .find(({ id, title }) => id === text || Object.values(title).includes(text));
}

function positionOf(organisation: Organisation, text: string): PeopleFileRow["positions"][0] | undefined {
  const found = Object.entries(organisation.config.site.positions).find(
    ([id, { title }]) => id === text || Object.values(title).includes(text),
  );
  return found && { id: found[0], title: found[1].title };
}

/** A name in pinyin: 李霞 is `lixia`. */
function spelled(name: string): string {
  const letters = pinyin(name, { toneType: "none", type: "array", v: true }).join("").toLowerCase();
  return letters.replace(/[^a-z0-9]/g, "").slice(0, 30);
}

/** The pinyin, with a number behind it where somebody has it already; noted as used. */
function suggested(name: string, taken: ReadonlyMap<string, unknown>, used: Map<string, number>): string {
  const base = spelled(name);
  if (base === "") return "";
  for (let number = 1; ; number += 1) {
    const username = number === 1 ? base : `${base}${number}`;
    if (taken.has(username) || used.has(username)) continue;
    used.set(username, 1);
    return username;
  }
}
