import { eachDatabase } from "@jinshui/storage/testing/ava";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { code, Office, why } from "../testing-office.js";

async function fileOf(...lines: string[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "jinshui-people-")), "人员.csv");
  await writeFile(path, `\uFEFF${lines.join("\r\n")}\r\n`);
  return path;
}

const SURNAMES = "陈 林 周 吴 徐 孙 胡 朱 高 何".split(" ");
const GIVEN = "明 华 丽 强 敏 静 磊 洋 艳 勇".split(" ");

eachDatabase(
  "five hundred people come from one file, and hold their positions when a second person agrees",
  async (t, db) => {
    const office = await Office.open(db);
    const people = Array.from({ length: 500 }, (_, index) => {
      const name = `${SURNAMES[index % 10] ?? ""}${GIVEN[Math.floor(index / 10) % 10] ?? ""}${GIVEN[Math.floor(index / 100)] ?? ""}`;
      return `${name},${index % 2 === 0 ? "征管科" : "data-centre"},${index % 5 === 0 ? "科员、设备管理岗" : "clerk"},2026-12-01`;
    });
    const file = await fileOf("姓名,部门,岗位,任职日期", ...people);
    const read = await office.as("sunjie", "readPeople", { file });
    t.like(read, { new: 500, known: 0, wrong: 0 });
    t.is(new Set(read.rows.map(({ username }) => username)).size, 500, "each a user name of their own");
    t.like(read.rows[0], { row: 2, name: "陈明明", username: "chenmingming", department: "levy", state: "new" });
    t.is(await db.database.count("person"), office.ids.size, "nothing was written");

    const made: { username: string; person: string }[] = [];
    for (let start = 0; start < 500; start += 50) {
      const batch = read.rows.slice(start, start + 50);
      const answer = await office.as("sunjie", "addPeople", {
        people: batch.map(({ name, username, department = "" }) => ({ name, username, department })),
      });
      made.push(...answer.people);
      t.is(new Set(answer.people.map(({ password }) => password)).size, 50);
    }
    t.is(await db.database.count("audit_entry", { action: "add-person" }), 500);
    const ids = new Map(made.map(({ username, person }) => [username, person]));
    const holdings = read.rows.flatMap(({ username, department = "", positions, from }) =>
      positions.map(({ id }) => ({
        person: ids.get(username) ?? "",
        position: id,
        department,
        ...(from ? { from } : {}),
      })),
    );
    t.is(holdings.length, 600);
    const { change } = await office.as("sunjie", "proposeHoldings", { holdings, reason: "新建系统" });
    const { changes } = await office.as("qianli", "changes", { state: "pending" });
    t.like(changes, [{ id: change, summary: { "zh-CN": "500 人任职，共 600 项" }, decidable: true }]);
    const { lines } = await office.as("qianli", "changeLines", { change });
    t.is(lines.length, 600);
    t.is(lines[0]?.["zh-CN"], "陈明明：征管科 科员（自 2026-12-01 起）");
    t.is(await office.as("sunjie", "decideChange", { change, approve: true }).catch(code), "forbidden");
    const before = await db.database.count("holding");
    await office.as("qianli", "decideChange", { change, approve: true });
    t.is(await db.database.count("holding"), before + 600);

    const again = await office.as("sunjie", "readPeople", {
      file: await fileOf(
        "姓名,用户名,部门,岗位",
        "陈明明,chenmingming,征管科,科员",
        "陈明明,chenmingming2,征管科,科员",
      ),
    });
    t.deepEqual(
      again.rows.map(({ state, positions }) => [state, positions.length]),
      [
        ["known", 0],
        ["new", 1],
      ],
    );
  },
);

eachDatabase(
  "what is wrong in a file of people is named by row and column, and nobody is made by halves",
  async (t, db) => {
    const office = await Office.open(db);
    const file = await fileOf(
      "序号,姓名*,用户名,部门*,岗位,任职日期",
      "1,,wu,征管科,,",
      "2,吴敏,Wu Min,征管科,,",
      "3,吴敏,lixia,征管科,,",
      "4,李霞,lixia,征管科,设备管理岗,",
      "5,吴静,wujing,稽查局,,",
      "6,吴静,wujing,征管科,局座,2026-02-30",
      "7,何丽,heli,征管科,系统管理员、安全管理员,",
      ",,,,,",
      "8,何丽,,征管科,,",
    );
    const { rows } = await office.as("sunjie", "readPeople", { file });
    t.deepEqual(
      rows.map(({ row, state, problems }) => [row, state, problems.map(({ column, reason }) => `${column} ${reason}`)]),
      [
        [2, "wrong", ["name missing"]],
        [3, "wrong", ["username not-a-username"]],
        [4, "wrong", ["username twice"]],
        [5, "wrong", ["username twice"]],
        [6, "wrong", ["username twice", "department unknown"]],
        [7, "wrong", ["username twice", "positions unknown", "from no-day"]],
        [8, "wrong", ["positions apart"]],
        [10, "new", []],
      ],
    );
    t.is(rows.at(-1)?.username, "heli2");
    const foreign = await office.as("sunjie", "readPeople", {
      file: await fileOf("姓名,用户名,部门", "吴敏,lixia,征管科", "李霞,lixia2,征管科"),
    });
    t.deepEqual(
      foreign.rows.map(({ state, person }) => [state, person]),
      [
        ["wrong", undefined],
        ["new", undefined],
      ],
    );

    const read = async (...lines: string[]): Promise<unknown> =>
      office.as("sunjie", "readPeople", { file: await fileOf(...lines) }).catch(why);
    t.is(await read("名字,科室", "李霞,征管科"), "heading");
    t.is(await read("姓名,部门"), "empty");
    t.is(await office.as("wanggang", "readPeople", { file }).catch(code), "forbidden");
    t.is(await office.as("wanggang", "changeLines", { change: "x" }).catch(code), "forbidden");

    const half = [
      { username: "wumin", name: "吴敏", department: "levy" },
      { username: "lixia", name: "李霞", department: "levy" },
    ];
    t.is(await office.as("sunjie", "addPeople", { people: half }).catch(code), "not-unique");
    t.is(await db.database.count("person", { username: "wumin" }), 0);
    const mixed = [
      { person: office.id("lixia"), position: "equipment", department: "levy" },
      { person: office.id("sunjie"), position: "security-administrator", department: "levy" },
    ];
    t.is(await office.as("sunjie", "proposeHoldings", { holdings: mixed, reason: "轮岗" }).catch(why), "separation");
  },
);
