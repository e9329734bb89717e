/** The part of bpmn-moddle that is used here; its package declares no types for this module. */
declare module "bpmn-moddle" {
  export class BpmnModdle {
    fromXML(xml: string): Promise<unknown>;
    toXML(element: unknown, options?: { format?: boolean }): Promise<{ xml: string }>;
  }
}
