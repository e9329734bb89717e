import { type Department, organisationApi } from "@jinshui/contracts";
import { client, local, t } from "@jinshui/web";
import { reasonField, type DialogField, type DialogSpec } from "./dialog.js";
import { today } from "./period.js";

/** A password for the next sign-in, shown once. */
export interface OneTimePassword {
  person: string;
  password: string;
  validUntil: string;
}

interface Named {
  id: string;
  name: string;
  department: string;
}

const nameField = (): DialogField => ({
  key: "name",
  label: t("positions.name"),
  kind: "text",
  required: true,
  maxLength: 60,
});

const departmentField = (departments: readonly Department[]): DialogField => ({
  key: "department",
  label: t("positions.department"),
  kind: "choice",
  required: true,
  options: departments.map(({ id, title }) => ({ value: id, label: local(title) })),
});

export function addDialog(
  departments: readonly Department[],
  done: (made: OneTimePassword, whose: string) => void,
): DialogSpec {
  return {
    title: t("positions.addPerson"),
    note: t("positions.addPersonNote"),
    fields: [
      nameField(),
      {
        key: "username",
        label: t("positions.username"),
        kind: "text",
        required: true,
        maxLength: 40,
        help: t("positions.usernameHelp"),
      },
      departmentField(departments),
    ],
    action: t("positions.addPerson"),
    send: async ({ name, username, department }, call) => {
      const person = { name: String(name).trim(), username: String(username).trim(), department: String(department) };
      done(await client(organisationApi).addPerson(person, call), `${person.name} · ${person.username}`);
    },
  };
}

export function changeDialog({ id, name, department }: Named, departments: readonly Department[]): DialogSpec {
  return {
    title: t("positions.changePersonTitle", { name }),
    fields: [nameField(), departmentField(departments)],
    values: { name, department },
    action: t("action.save"),
    send: (entered, call) =>
      client(organisationApi).changePerson(
        { person: id, name: String(entered["name"]).trim(), department: String(entered["department"]) },
        call,
      ),
  };
}

export function resetDialog({ id, name }: Named, done: (made: OneTimePassword) => void): DialogSpec {
  return {
    title: t("positions.resetTitle", { name }),
    note: t("positions.resetNote"),
    fields: [reasonField()],
    action: t("positions.reset"),
    danger: true,
    send: async ({ reason }, call) =>
      done(await client(organisationApi).resetPassword({ person: id, reason: String(reason) }, call)),
  };
}

export function secondFactorDialog({ id, name }: Named): DialogSpec {
  return {
    title: t("positions.factorsTitle", { name }),
    note: t("positions.factorsNote"),
    fields: [reasonField()],
    action: t("positions.send"),
    danger: true,
    send: ({ reason }, call) => client(organisationApi).resetSecondFactor({ person: id, reason: String(reason) }, call),
  };
}

export function leaveDialog({ id, name }: Named, done: (openTasks: number) => void): DialogSpec {
  return {
    title: t("positions.leaveTitle", { name }),
    note: t("positions.leaveNote"),
    fields: [{ key: "until", label: t("positions.lastDay"), kind: "date", required: true }, reasonField()],
    values: { until: today() },
    action: t("positions.leave"),
    danger: true,
    send: async ({ until, reason }, call) => {
      const input = { person: id, until: String(until), reason: String(reason) };
      done((await client(organisationApi).leave(input, call)).openTasks);
    },
  };
}
