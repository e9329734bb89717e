import diagramStyles from "bpmn-js/dist/assets/diagram-js.css?inline";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

interface Canvas {
  zoom(level: "fit-viewport", centre?: "auto"): void;
  addMarker(element: string, marker: string): void;
  removeMarker(element: string, marker: string): void;
}
interface Registry {
  get(element: string): object | undefined;
}

/** Marks of elements by name, as styles of the page draw them. */
export type Marks = Readonly<Record<string, readonly string[]>>;

/** A process drawn in a part of a page. */
export class Drawing {
  readonly #viewer: NavigatedViewer;
  #xml = "";
  #marks: Marks = {};

  constructor(container: HTMLElement) {
    const root = container.getRootNode();
    if (root instanceof ShadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(diagramStyles);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
    this.#viewer = new NavigatedViewer({ container });
  }

  /** Draws a file, unless it is drawn already, with these marks instead of those before. */
  async show(xml: string, marks: Marks): Promise<void> {
    if (xml !== this.#xml) {
      this.#xml = xml;
      this.#marks = {};
      await this.#viewer.importXML(xml);
      this.#viewer.get<Canvas>("canvas").zoom("fit-viewport", "auto");
    }
    const canvas = this.#viewer.get<Canvas>("canvas");
    this.#each(this.#marks, (element, mark) => canvas.removeMarker(element, mark));
    this.#each(marks, (element, mark) => canvas.addMarker(element, mark));
    this.#marks = marks;
  }

  close(): void {
    this.#viewer.destroy();
  }

  #each(marks: Marks, work: (element: string, mark: string) => void): void {
    const registry = this.#viewer.get<Registry>("elementRegistry");
    for (const [mark, elements] of Object.entries(marks))
      for (const element of elements) if (registry.get(element)) work(element, mark);
  }
}
