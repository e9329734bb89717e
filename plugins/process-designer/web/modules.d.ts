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
