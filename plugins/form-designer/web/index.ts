export { FormEditorPage } from "./editor-page.js";
export { FormsPage } from "./forms-page.js";
