import { addTexts } from "../texts/text.js";
import { viewTexts } from "../texts/view-texts.js";

addTexts(viewTexts);

export { CollectionPage } from "./collection-page.js";
export { ExportPanel } from "./export-panel.js";
export { ImportPanel } from "./import-panel.js";
export { knownCollection, type KnownCollection } from "./known-collection.js";
export { RecordEditor } from "./record-editor.js";
export { RecordPanel } from "./record-panel.js";
