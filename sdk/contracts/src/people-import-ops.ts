import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Day, Id, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
const administered = { callers: "kernel", actor: "required" } as const;

/** Letters, digits, dots and hyphens, beginning with a letter: what people sign in with. */
const Username = Type.String({ pattern: "^[a-z][a-z0-9.-]{1,39}$" });

/** People that a file may have. */
export const MAX_IMPORTED_PEOPLE = 1_000;
/** People that one `addPeople` makes: each costs the hashing of a password. */
export const MAX_ADDED_PEOPLE = 50;

/** What is wrong with a cell; `reason` is the key of a text, `value` what stands there. */
export const PeopleFileProblem = Type.Object({
  column: Type.Enum(["name", "username", "department", "positions", "from"]),
  reason: Type.Enum(["missing", "too-long", "not-a-username", "taken", "twice", "unknown", "apart", "no-day"]),
  value: Type.Optional(Type.String()),
});
export type PeopleFileProblem = Static<typeof PeopleFileProblem>;

/** A row of a file of people: `new` and can be added, `known` by its user name, or `wrong`. */
export const PeopleFileRow = Type.Object({
  /** As a spreadsheet shows it. */
  row: Type.Integer(),
  state: Type.Enum(["new", "known", "wrong"]),
  name: Type.String(),
  /** Made of the name's pinyin where the file has none. */
  username: Type.String(),
  department: Type.Optional(Name),
  departmentTitle: LocalText,
  positions: Type.Array(Type.Object({ id: Name, title: LocalText })),
  from: Type.Optional(Day),
  /** The person there is already. */
  person: Type.Optional(Id),
  problems: Type.Array(PeopleFileProblem),
});
export type PeopleFileRow = Static<typeof PeopleFileRow>;

/** Many people at once, from a file: read it, add them in pieces, ask for their positions together. Part of `organisationApi`. */
export const peopleImportOps = {
  /**
   * Reads a workbook or text file that was uploaded: a column each for name, department and, if wanted, user name, positions and
   * first day. Nothing is written. Takes `site.people`; 400 `invalid-file` for what can't be read as a whole.
   */
  readPeople: op({
    ...administered,
    effect: "read",
    http: { method: "POST", path: "/organisation/people/read" },
    input: Type.Object({ file: Id }, closed),
    output: Type.Object({
      rows: Type.Array(PeopleFileRow),
      new: Type.Integer(),
      known: Type.Integer(),
      wrong: Type.Integer(),
    }),
  }),
  /** Adds people, all of them or none; the one-time passwords are in this answer only. Takes `site.people`. */
  addPeople: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/organisation/people/many" },
    input: Type.Object(
      {
        people: Type.Array(
          Type.Object(
            { username: Username, name: Type.String({ minLength: 1, maxLength: 60 }), department: Name },
            closed,
          ),
          { minItems: 1, maxItems: MAX_ADDED_PEOPLE },
        ),
      },
      closed,
    ),
    output: Type.Object({
      people: Type.Array(Type.Object({ username: Type.String(), person: Id, password: Type.String() })),
      validUntil: Type.String(),
    }),
  }),
  /** Asks that people come to hold positions, all of them together; a second person agrees to the whole. Takes `site.people`. */
  proposeHoldings: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/organisation/holdings/many" },
    input: Type.Object(
      {
        holdings: Type.Array(
          Type.Object(
            { person: Id, position: Name, department: Name, from: Type.Optional(Day), until: Type.Optional(Day) },
            closed,
          ),
          { minItems: 1, maxItems: 3 * MAX_IMPORTED_PEOPLE },
        ),
        reason: Type.String({ minLength: 2, maxLength: 200 }),
      },
      closed,
    ),
    output: Type.Object({ change: Id }),
  }),
  /** What a change is made of, line by line: for those who decide on many holdings at once. */
  changeLines: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/organisation/changes/:change/lines" },
    input: Type.Object({ change: Id }, closed),
    output: Type.Object({ lines: Type.Array(LocalText) }),
  }),
};
