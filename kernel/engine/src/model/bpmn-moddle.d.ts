/** The part of bpmn-moddle that is used here; its package declares no types for this module. */
declare module "bpmn-moddle" {
  /** Keeps what the reader finds; each root has its own. */
  export interface ReaderContext {
    addWarning(warning: { message: string }): void;
  }

  /** Reads the root element and, through its context, all others. */
  export interface RootHandler {
    context?: ReaderContext;
  }

  export interface Reader {
    handler(type: string): RootHandler;
  }

  export class BpmnModdle {
    constructor(packages?: Record<string, object>);
    /** @param options - Properties for the reader, in place of its own. */
    fromXML(xml: string, options?: { handler?: (this: Reader, type: string) => RootHandler }): Promise<unknown>;
    toXML(element: unknown, options?: { format?: boolean }): Promise<{ xml: string }>;
  }
}
