/** The part of saxen used here; the package has no types of its own. */
declare module "saxen" {
  export interface ElementView {
    readonly name: string;
    readonly originalName: string;
    readonly attrs: Readonly<Record<string, string>>;
  }

  export type Decode = (text: string) => string;

  export class Parser {
    constructor(options: { proxy: true });
    ns(prefixes: Readonly<Record<string, string>>): this;
    on(event: "openTag", hook: (element: ElementView, decode: Decode) => void): this;
    on(event: "closeTag", hook: () => void): this;
    on(event: "text", hook: (text: string, decode: Decode) => void): this;
    on(event: "cdata" | "comment" | "question" | "attention", hook: (text: string) => void): this;
    on(event: "error" | "warn", hook: (error: Error, context: () => { line: number }) => void): this;
    parse(xml: string): Error | undefined;
    stop(): void;
  }
}
