/** A node of a process, as far as its soundness goes; `ElementModel` is one. */
export interface GraphNode {
  id: string;
  /** The BPMN type in any spelling: `userTask`, `bpmn:UserTask`, `terminateEndEvent`. */
  type: string;
  /** Id of the sub-process around it; `""` for the process itself. */
  scope: string;
  incoming: readonly string[];
  outgoing: readonly string[];
  defaultFlow?: string;
  /** Of a boundary event: the activity it sits on. */
  attachedTo?: string;
  /** Of a boundary event: whether the activity ends when it happens. */
  interrupting?: boolean;
  /** Started by something else than a flow: compensation handlers and event sub-processes. */
  detached?: boolean;
}

/** A sequence flow. */
export interface GraphFlow {
  id: string;
  source: string;
  target: string;
  condition?: string;
}

/** A process as a graph. */
export interface ProcessGraph {
  nodes: Readonly<Record<string, GraphNode>>;
  flows: Readonly<Record<string, GraphFlow>>;
}

/** What a node does with tokens. */
export type NodeKind = "exclusive" | "parallel" | "inclusive" | "end" | "terminate" | "start" | "activity";

/** The kind of a node, from its type in any spelling. */
export function kindOf({ type, outgoing }: GraphNode): NodeKind {
  if (/exclusiveGateway|eventBasedGateway/i.test(type)) return "exclusive";
  if (/parallelGateway/i.test(type)) return "parallel";
  if (/inclusiveGateway|complexGateway/i.test(type)) return "inclusive";
  if (/(terminate|error|cancel).*endEvent/i.test(type)) return "terminate";
  if (/startEvent/i.test(type)) return "start";
  return /endEvent/i.test(type) || outgoing.length === 0 ? "end" : "activity";
}

/** Whether a run rests at a node until something happens outside. */
export function waits(node: GraphNode, graph: ProcessGraph): boolean {
  if (/subProcess|transaction/i.test(node.type))
    return Object.values(graph.nodes).some((inner) => inner.scope === node.id && waits(inner, graph));
  return /userTask|manualTask|receiveTask|serviceTask|sendTask|callActivity|catch|timer|eventBasedGateway|boundary/i.test(
    node.type,
  );
}
