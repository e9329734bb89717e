export { HelloPage } from "./hello-page.js";
