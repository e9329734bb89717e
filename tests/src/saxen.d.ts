/** A streaming XML parser without types of its own: only what tests call. */
declare module "saxen" {
  export class Parser {
    on(event: "error", handler: (error: Error) => void): this;
    on(
      event: "openTag",
      handler: (name: string, attributes: () => Record<string, string>, decode: (text: string) => string) => void,
    ): this;
    on(event: "closeTag", handler: (name: string) => void): this;
    parse(xml: string): void;
  }
}
