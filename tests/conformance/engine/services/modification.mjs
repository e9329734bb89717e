import { Builder } from "../query.mjs";
import { activityTree } from "../executions.mjs";
import { entries, plain, Unsupported } from "../values.mjs";

/** Calls that put an instance somewhere else. */
export function modification(world) {
  const adHoc = (execution) => {
    const { instance, token } = world.at(execution);
    const waits = Object.values(instance.state.waits).filter(({ kind }) => kind === "adhoc");
    const found = waits.find((wait) => !token || wait.token === token);
    if (!found) throw new Error(`Execution ${execution} is no ad-hoc sub-process`);
    return { instance, found };
  };
  const enabled = (execution) => {
    const { instance, found } = adHoc(execution);
    const { elements } = instance.definition.model;
    const busy =
      elements[found.element].adHoc?.sequential &&
      Object.values(instance.state.tokens).some(({ element }) => elements[element].scope === found.element);
    if (busy) return [];
    return Object.values(elements)
      .filter(
        ({ scope, incoming, attachedTo, type }) =>
          scope === found.element && incoming.length === 0 && !attachedTo && type !== "eventSubProcess",
      )
      .map(({ id, name }) => ({ id, name: name ?? null }));
  };
  return {
    getEnabledActivitiesFromAdhocSubProcess: enabled,
    executeActivityInAdhocSubProcess(execution, element) {
      const { instance, found } = adHoc(execution);
      if (!enabled(execution).some(({ id }) => id === element)) throw new Error(`${element} can't be started`);
      world.send(instance.id, { type: "activate-ad-hoc", wait: found.id, elements: [element] });
      const token = Object.values(instance.state.tokens).findLast((one) => one.element === element);
      return { id: `${instance.id}.${token?.id}`, activityId: element, processInstanceId: instance.id };
    },
    completeAdhocSubProcess(execution) {
      const { instance, found } = adHoc(execution);
      const { elements } = instance.definition.model;
      if (Object.values(instance.state.tokens).some(({ element }) => elements[element].scope === found.element))
        throw new Error("The ad-hoc sub-process has active children");
      world.send(instance.id, { type: "complete-ad-hoc", wait: found.id });
    },
    createProcessInstanceModification: (id) => {
      const kept = [];
      const add = (type, key) => (target) => kept.push({ type, [key]: target });
      const calls = {
        startBeforeActivity: add("start-before", "element"),
        startAfterActivity: add("start-after", "element"),
        startTransition: add("start-flow", "flow"),
        cancelAllForActivity: (element) =>
          kept.push({ type: "cancel", element: element.replace(/#multiInstanceBody$/, ""), all: element }),
        cancelActivityInstance: (one) => kept.push({ type: "cancel", token: String(one).split(".")[1] ?? "" }),
        cancelTransitionInstance: (one) => kept.push({ type: "cancel", token: String(one).split(".")[1] ?? "" }),
        setVariable: (name, value) => put("variables", new Map([[name, value]])),
        setVariables: (values) => put("variables", values),
        setVariableLocal: (name, value) => put("localVariables", new Map([[name, value]])),
        setVariablesLocal: (values) => put("localVariables", values),
        setAnnotation: () => {},
      };
      const put = (key, values) => {
        const last = kept.at(-1);
        last[key] = { ...last[key] };
        for (const [name, value] of entries(values)) last[key][name] = plain(value);
      };
      const execute = () => {
        const instance = world.instance(id);
        if (instance.state.suspended) throw new Error(`Instance ${id} is suspended`);
        world.send(instance.id, { type: "modify", instructions: kept.flatMap((one) => expand(instance, one)) });
        return null;
      };
      return {
        invoke(name, args) {
          if (name === "execute") return execute();
          if (!Object.hasOwn(calls, name)) throw new Unsupported(`processInstanceModification.${name}`);
          calls[name](...args);
          return this;
        },
      };
    },
    createChangeActivityStateBuilder: () => {
      const calls = new Set(
        "processInstanceId moveActivityIdTo moveExecutionToActivityId moveActivityIdsToSingleActivityId moveSingleActivityIdToActivityIds moveExecutionsToSingleActivityId processVariable processVariables localVariable localVariables".split(
          " ",
        ),
      );
      return new Builder("changeActivityState", calls, { changeState: (builder) => change(world, builder) });
    },
    addMultiInstanceExecution() {
      throw new Unsupported("runtime.addMultiInstanceExecution");
    },
    deleteMultiInstanceExecution() {
      throw new Unsupported("runtime.deleteMultiInstanceExecution");
    },
    tree: (id) => activityTree(world, id),
  };
}

/** Tokens of a looped activity: its body, or its instances. */
function expand(instance, { all, ...one }) {
  if (all === undefined) return [one];
  const { tokens, scopes } = instance.state;
  const element = instance.definition.model.elements[one.element];
  if (!element?.loop) return [one];
  const body = all.endsWith("#multiInstanceBody");
  return Object.values(tokens)
    .filter((token) => token.element === one.element && (scopes[token.scope]?.element === one.element) !== body)
    .map(({ id }) => ({ type: "cancel", token: id }));
}

function change(world, builder) {
  const instructions = [];
  let id = builder.one("processInstanceId");
  const move = (from, to) => {
    for (const element of [to].flat()) instructions.push({ type: "start-before", element });
    for (const element of [from].flat()) instructions.push({ type: "cancel", element });
  };
  for (const [name, [first, second]] of builder.kept) {
    if (/^moveActivityId|^moveSingleActivityId/.test(name)) move(first, second);
    else if (name.startsWith("moveExecution"))
      for (const execution of [first].flat()) {
        const { instance, token } = world.at(execution);
        id ??= instance.id;
        instructions.push({ type: "start-before", element: second }, { type: "cancel", token });
      }
  }
  const variables = builder.pairs("processVariable", "processVariables");
  if (Object.keys(variables).length > 0) world.send(id, { type: "set-variables", variables });
  world.send(id, { type: "modify", instructions });
  return null;
}
