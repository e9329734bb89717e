import { vendor } from "./event-definitions.js";
import { bodyText, child, list, type ModdleElement } from "./moddle.js";
import type { CallModel, ElementModel, LoopModel } from "./model.js";
import { allOf, attribute, extensionElements, handed, mappings } from "./vendor.js";

/** The loop or multi-instance marker of an activity. */
function loopOf(element: ModdleElement): LoopModel | undefined {
  const marker = child(element, "loopCharacteristics");
  if (!marker) return undefined;
  if (marker.$type === "bpmn:StandardLoopCharacteristics") {
    const condition = bodyText(child(marker, "loopCondition"));
    const maximum = Number(marker["loopMaximum"]);
    return {
      kind: "standard",
      ...(condition === undefined ? {} : { condition }),
      ...(marker["testBefore"] === true ? { testBefore: true } : {}),
      ...(Number.isFinite(maximum) && maximum > 0 ? { maximum } : {}),
    };
  }
  const zeebe = extensionElements(marker, "loopCharacteristics")[0];
  return defined<LoopModel>({
    kind: marker["isSequential"] === true ? "sequential" : "parallel",
    cardinality: bodyText(child(marker, "loopCardinality")),
    collection:
      vendor(marker, "collection") ??
      (zeebe && attribute(zeebe, "inputCollection")) ??
      bodyText(extensionElements(marker, "collection")[0]) ??
      nameOf(marker["loopDataInputRef"]),
    elementVariable:
      vendor(marker, "elementVariable") ??
      (zeebe && attribute(zeebe, "inputElement")) ??
      child(marker, "inputDataItem")?.name,
    indexVariable: vendor(marker, "elementIndexVariable"),
    condition: bodyText(child(marker, "completionCondition")),
    outputCollection: vendor(marker, "outputCollection") ?? (zeebe && attribute(zeebe, "outputCollection")),
    outputElement: vendor(marker, "outputElement") ?? (zeebe && attribute(zeebe, "outputElement")),
  });
}

/** What a call activity names and maps. */
export function callOf(element: ModdleElement): CallModel | undefined {
  const called = element["calledElement"];
  const zeebe = extensionElements(element, "calledElement")[0];
  const process = typeof called === "string" && called !== "" ? called : zeebe && attribute(zeebe, "processId");
  if (process === undefined) return undefined;
  const inputs = extensionElements(element, "in");
  const outputs = extensionElements(element, "out");
  const businessKey =
    inputs.map((entry) => attribute(entry, "businessKey")).find((key) => key !== undefined) ??
    vendor(element, "businessKey");
  const version = vendor(element, "calledElementVersion");
  const idVariable = vendor(element, "idVariableName") ?? vendor(element, "processInstanceIdVariableName");
  const allInputs = allOf(inputs) ?? (vendor(element, "inheritVariables") === "true" ? "visible" : undefined);
  const allOutputs = allOf(outputs);
  return {
    process,
    ...(version === undefined ? {} : { version }),
    ...(businessKey === undefined ? {} : { businessKey }),
    ...(vendor(element, "inheritBusinessKey") === "true" ? { inheritsBusinessKey: true } : {}),
    ...(idVariable === undefined ? {} : { idVariable }),
    inputs: handed(inputs),
    outputs: handed(outputs),
    ...(allInputs ? { allInputs } : {}),
    ...(allOutputs ? { allOutputs } : {}),
  };
}

/** Everything an activity has besides its kind. */
export function activityParts(element: ModdleElement): Partial<ElementModel> {
  const inputs = mappings(element, "input");
  const outputs = mappings(element, "output");
  const marker = child(element, "loopCharacteristics");
  const hinted = (...names: string[]): boolean =>
    names.some((name) => vendor(element, name) === "true" || (marker && vendor(marker, name) === "true"));
  const async = hinted("async", "asyncBefore");
  const after = hinted("asyncAfter", "asyncLeave");
  const rule = extensionElements(element, "calledDecision")[0];
  return defined<Partial<ElementModel>>({
    loop: loopOf(element),
    inputs: inputs.length > 0 ? inputs : undefined,
    outputs: outputs.length > 0 ? outputs : undefined,
    asyncBefore: async || undefined,
    asyncAfter: after || undefined,
    asyncEach: eachAsync(element),
    forCompensation: element["isForCompensation"] === true || undefined,
    skip: vendor(element, "skipExpression"),
    expression: vendor(element, "expression"),
    resultVariable:
      vendor(element, "resultVariable") ??
      vendor(element, "resultVariableName") ??
      (rule && attribute(rule, "resultVariable")),
    transientResult: vendor(element, "storeResultVariableAsTransient") === "true" || undefined,
    decision:
      vendor(element, "decisionRef") ??
      vendor(element, "decision") ??
      (rule && attribute(rule, "decisionId")) ??
      fieldOf(element),
  });
}

/** Flowable's hint before the work is for each instance of a loop, Camunda's hints when they stand at the loop. */
function eachAsync(element: ModdleElement): ElementModel["asyncEach"] {
  const marker = child(element, "loopCharacteristics");
  if (!marker) return undefined;
  const before = vendor(element, "async") === "true" || vendor(marker, "asyncBefore") === "true";
  const after = vendor(marker, "asyncAfter") === "true";
  return before || after ? { ...(before ? { before } : {}), ...(after ? { after } : {}) } : undefined;
}

/** Flowable names the decision in a field. */
function fieldOf(element: ModdleElement): string | undefined {
  const field = extensionElements(element, "field").find(
    (entry) => attribute(entry, "name") === "decisionTableReferenceKey",
  );
  return field && attribute(field, "stringValue");
}

/** Who does a user task by BPMN's own elements, in the words that Camunda and Flowable use as attributes. */
export function resourcesOf(element: ModdleElement): Record<string, string> {
  const found: Record<string, string[]> = {};
  for (const resource of list(element, "resources")) {
    const assignment = child(resource, "resourceAssignmentExpression");
    const text = assignment && bodyText(child(assignment, "expression"));
    if (text === undefined) continue;
    if (resource.$type === "bpmn:HumanPerformer") (found["assignee"] ??= []).push(text);
    if (resource.$type !== "bpmn:PotentialOwner") continue;
    for (const [, kind, user, name] of text.matchAll(/(?:(user|group)\(([^)]*)\)|([^,]+))\s*(?:,|$)/g)) {
      const key = kind === "user" ? "candidateUsers" : "candidateGroups";
      const value = (user ?? name ?? "").trim();
      if (value !== "") (found[key] ??= []).push(value);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([key, values]) => [key, values.join(",")]));
}

/** Ad-hoc sub-processes: order and end. */
export function adHocOf(element: ModdleElement): NonNullable<ElementModel["adHoc"]> {
  const condition = bodyText(child(element, "completionCondition"));
  return {
    ...(element["ordering"] === "Sequential" ? { sequential: true } : {}),
    ...(condition === undefined ? {} : { condition }),
    ...(element["cancelRemainingInstances"] === false ? { keepRemaining: true } : {}),
  };
}

/** Innermost lane of every node, and the position that the lane names. */
export function lanesOf(process: ModdleElement): Map<string, { name: string; position?: string }> {
  const found = new Map<string, { name: string; position?: string }>();
  const walk = (sets: ModdleElement[]): void => {
    for (const set of sets)
      for (const lane of list(set, "lanes")) {
        const position = vendor(lane, "position");
        for (const node of list(lane, "flowNodeRef"))
          if (node.id !== undefined)
            found.set(node.id, { name: lane.name ?? lane.id ?? "", ...(position === undefined ? {} : { position }) });
        const inner = child(lane, "childLaneSet");
        if (inner) walk([inner]);
      }
  };
  walk(list(process, "laneSets"));
  return found;
}

function nameOf(reference: unknown): string | undefined {
  if (typeof reference === "string") return reference;
  if (typeof reference !== "object" || reference === null) return undefined;
  const { name, id } = reference as ModdleElement;
  return name ?? id;
}

function defined<T extends object>(parts: { [key in keyof T]: T[key] | undefined }): T {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T;
}
