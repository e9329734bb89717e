export { BoardPage } from "./board-page.js";
export { MinePage } from "./mine-page.js";
export { ResultsPage } from "./results-page.js";
export { SchemesPage } from "./schemes-page.js";
