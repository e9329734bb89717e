const typeName = (value) => (value === null ? "null" : Number.isInteger(value) ? "integer" : typeof value);

/** Variables as the vendors' tables have them: one row for each name and scope, also of what has ended. */
export class VariableRows {
  #rows = new Map();

  constructor(host, activityInstanceOf) {
    this.host = host;
    this.activityInstanceOf = activityInstanceOf;
  }

  snapshot() {
    return new Map([...this.#rows].map(([key, row]) => [key, { ...row }]));
  }

  restore(rows) {
    this.#rows = rows;
  }

  /** Every row of what was not removed. */
  all() {
    return [...this.#rows.values()];
  }

  /** Takes values over that a token, or the instance, has now. */
  set(instance, token, variables, at, more = {}) {
    const scope = token === undefined ? instance.id : `${instance.id}:${token}`;
    const activity = token === undefined ? undefined : this.activityInstanceOf(instance.id, token);
    for (const [name, value] of Object.entries(variables)) {
      const key = `${more.taskId ?? scope}/${name}`;
      const old = this.#rows.get(key);
      const now = { value, lastUpdatedTime: at, typeName: typeName(value), variableTypeName: typeName(value) };
      if (old) Object.assign(old, now);
      else
        this.#rows.set(key, {
          rowKey: `v-${key}`,
          id: `v-${key}`,
          name,
          variableName: name,
          ...now,
          processInstanceId: instance.id,
          processDefinitionId: instance.definition.id,
          processDefinitionKey: instance.definition.key,
          executionId: scope,
          token,
          taskId: null,
          activityInstanceId: activity ?? instance.id,
          createTime: at,
          state: "CREATED",
          tenantId: this.host.noTenant,
          ...more,
        });
    }
  }

  /** Takes values away, those of a task when one is named. */
  remove(instance, token, names, taskId) {
    const scope = taskId ?? (token === undefined ? instance.id : `${instance.id}:${token}`);
    for (const name of names) this.#rows.delete(`${scope}/${name}`);
  }

  /** Multi-instance activities count in variables of their own. */
  count(instance, at) {
    for (const scope of Object.values(instance.state.scopes)) {
      if (!scope.loop || instance.definition.model.elements[scope.element]?.loop?.kind === "standard") continue;
      const { total, completed } = scope.loop;
      const counts = { nrOfInstances: total, nrOfActiveInstances: scope.live, nrOfCompletedInstances: completed };
      this.set(instance, scope.token, counts, at, { loop: scope.id });
    }
  }
}
