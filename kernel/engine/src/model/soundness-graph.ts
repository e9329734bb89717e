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

const WAITS =
  /userTask|manualTask|receiveTask|serviceTask|sendTask|callActivity|catch|timer|eventBasedGateway|boundary/i;

/** The nodes at which a run rests until something happens outside; a sub-process is one when any node in it is. */
export function waitingNodes({ nodes }: ProcessGraph): Set<GraphNode> {
  const found = new Set<GraphNode>();
  for (const node of Object.values(nodes)) {
    if (isScope(node) || !WAITS.test(node.type)) continue;
    for (let at: GraphNode | undefined = node; at && !found.has(at); at = nodes[at.scope]) found.add(at);
  }
  return found;
}

function isScope({ type }: GraphNode): boolean {
  return /subProcess|transaction/i.test(type);
}
