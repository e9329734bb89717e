/** What is active in an instance, as a tree. */
export function activityTree(host, instance) {
  const { state, definition } = instance;
  const build = (scope, id, activityId, parent, name, type) => {
    const tokens = Object.values(state.tokens).filter((token) => token.scope === scope);
    const node = base(id, activityId, parent, name, type);
    for (const token of tokens) {
      const element = definition.model.elements[token.element];
      const loop = token.inner !== undefined && state.scopes[token.inner]?.loop;
      const own = host.record.rowOf(instance.id, token.id)?.id ?? `${instance.id}:${token.id}`;
      const label = loop ? `${token.element}#multiInstanceBody` : token.element;
      const executionIds = [host.executionOf(instance, token.id)];
      const waits = Object.values(state.waits).filter((wait) => wait.token === token.id);
      if (waits.some(({ kind, phase }) => kind === "async" && phase === "before")) {
        node.childTransitionInstances.push({
          ...base(own, label, id, element?.name),
          executionIds,
          targetActivityId: label,
        });
        continue;
      }
      if (waits.some(({ kind }) => kind === "join")) continue;
      const type = loop ? "multiInstanceBody" : element?.type;
      const child =
        token.inner === undefined
          ? base(own, label, id, element?.name, type)
          : build(token.inner, own, label, id, element?.name, type);
      node.childActivityInstances.push(Object.assign(child, { executionIds }));
    }
    return node;
  };
  const base = (id, activityId, parent, name, type) => ({
    rowKey: `n-${id}`,
    id,
    activityId,
    activityName: name ?? null,
    activityType: type ?? null,
    name: name ?? null,
    parentActivityInstanceId: parent,
    processInstanceId: instance.id,
    processDefinitionId: definition.id,
    childActivityInstances: [],
    childTransitionInstances: [],
    executionIds: [instance.id],
    getActivityInstances(wanted) {
      return this.childActivityInstances.flatMap((child) => [
        ...(child.activityId === wanted ? [child] : []),
        ...child.getActivityInstances(wanted),
      ]);
    },
    getTransitionInstances(wanted) {
      return [
        ...this.childTransitionInstances.filter((child) => child.activityId === wanted),
        ...this.childActivityInstances.flatMap((child) => child.getTransitionInstances(wanted)),
      ];
    },
  });
  return build("0", instance.id, definition.id, null, definition.model.name, "processDefinition");
}
