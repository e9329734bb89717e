declare module "*.css?inline" {
  const text: string;
  export default text;
}

declare module "bpmn-js/lib/NavigatedViewer" {
  export default class NavigatedViewer {
    constructor(options: { container: HTMLElement });
    importXML(xml: string): Promise<unknown>;
    get<T>(service: string): T;
    destroy(): void;
  }
}

/** The one function of `qrcode` that is called; its published types would bring those of Node.js into pages. */
declare module "qrcode" {
  const qrcode: {
    toString(
      text: string,
      options: { type: "svg"; margin: number; errorCorrectionLevel: "L" | "M" | "Q" | "H" },
    ): Promise<string>;
  };
  export default qrcode;
}
