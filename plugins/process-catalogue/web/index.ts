export { CataloguePage } from "./catalogue-page.js";
