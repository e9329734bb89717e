import { asVariables, Builder } from "./shared.mjs";

/** Camunda tells a loop from its instances by the suffix of its body. */
function bodies(instance, instruction) {
  const plain = instruction.element?.replace(/#multiInstanceBody$/, "");
  if (plain === undefined) return [instruction];
  if (instruction.type !== "cancel")
    return [{ ...instruction, element: plain, instance: plain === instruction.element }];
  const { tokens, scopes } = instance.state;
  const standing = Object.values(tokens).filter(({ element }) => element === plain);
  const isBody = ({ inner }) => inner !== undefined && scopes[inner]?.loop !== undefined;
  const body = plain !== instruction.element;
  const taken = standing.filter((token) => isBody(token) === body);
  if (taken.length === standing.length) return [{ ...instruction, element: plain }];
  return taken.map(({ id }) => ({ type: "cancel", token: id }));
}

/** Builders that put an instance somewhere else. */
export function changes(host) {
  const apply = (id, instructions) =>
    host.transaction(() => {
      const instance = host.active(id);
      if (instance.state.suspended && instructions.some(({ type }) => type !== "cancel"))
        throw new Error("the instance is suspended");
      host.send(instance, { type: "modify", instructions: instructions.flatMap((one) => bodies(instance, one)) });
    });
  const add = (type, key) => (is, element) => (is.list ??= []).push({ type, [key]: element });
  const last = (is, local, given) => {
    const at = is.list.at(-1);
    const key = local ? "localVariables" : "variables";
    at[key] = { ...at[key], ...asVariables(given) };
  };
  const tokenOf = (id, activityInstance) => {
    const row = host.record.activities.find((one) => one.id === activityInstance);
    return row?.token ?? activityInstance.split(":")[1];
  };
  const modification = (id) => {
    host.active(id);
    const run = (is) => void apply(id, is.list ?? []);
    return new Builder(
      "processInstanceModification",
      {
        startBeforeActivity: add("start-before", "element"),
        startAfterActivity: add("start-after", "element"),
        startTransition: add("start-flow", "flow"),
        cancelAllForActivity: add("cancel", "element"),
        cancelActivityInstance: (is, one) => (is.list ??= []).push({ type: "cancel", token: tokenOf(id, one) }),
        cancelTransitionInstance: (is, one) => (is.list ??= []).push({ type: "cancel", token: tokenOf(id, one) }),
        setVariable: (is, name, value) => last(is, false, { [name]: value }),
        setVariables: (is, given) => last(is, false, given),
        setVariableLocal: (is, name, value) => last(is, true, { [name]: value }),
        setVariablesLocal: (is, given) => last(is, true, given),
        cancellationSourceExternal: () => undefined,
        setAnnotation: () => undefined,
      },
      { execute: run },
    );
  };
  const moves = () =>
    new Builder(
      "changeActivityStateBuilder",
      {
        processInstanceId: (is, id) => (is.id = id),
        moveActivityIdTo: (is, from, to) =>
          (is.list ??= []).push({ type: "start-before", element: to }, { type: "cancel", element: from }),
        moveActivityIdsToSingleActivityId: (is, from, to) =>
          (is.list ??= []).push(
            { type: "start-before", element: to },
            ...from.map((element) => ({ type: "cancel", element })),
          ),
        moveSingleActivityIdToActivityIds: (is, from, to) =>
          (is.list ??= []).push(...to.map((element) => ({ type: "start-before", element })), {
            type: "cancel",
            element: from,
          }),
        moveExecutionToActivityId: (is, from, to) => {
          is.id ??= from.split(":")[0];
          (is.list ??= []).push({ type: "start-before", element: to }, { type: "cancel", token: from.split(":")[1] });
        },
        processVariable: (is, name, value) => (is.variables = { ...is.variables, [name]: value }),
        processVariables: (is, given) => (is.variables = { ...is.variables, ...given }),
      },
      {
        changeState: (is) => {
          if (is.variables) host.send(is.id, { type: "set-variables", variables: asVariables(is.variables) });
          return void apply(is.id, is.list ?? []);
        },
      },
    );
  return { createProcessInstanceModification: modification, createChangeActivityStateBuilder: moves };
}
