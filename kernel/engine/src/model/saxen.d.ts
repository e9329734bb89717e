/** The part of saxen that is used here. */
declare module "saxen" {
  export class Parser {
    on(event: "error", listener: (error: Error, context: () => { line: number; column: number }) => void): this;
    on(
      event: "openTag",
      listener: (
        name: string,
        attributes: () => Record<string, string> | false,
        decode: (text: string) => string,
        selfClosing: boolean,
        context: () => { line: number; column: number },
      ) => void,
    ): this;
    on(event: "closeTag", listener: (name: string) => void): this;
    on(
      event: "text",
      listener: (
        text: string,
        decode: (text: string) => string,
        context: () => { line: number; column: number },
      ) => void,
    ): this;
    on(event: "cdata", listener: (text: string, context: () => { line: number; column: number }) => void): this;
    parse(xml: string): void;
  }
}
