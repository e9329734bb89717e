export { ChangesPage } from "./changes-page.js";
export { DelegationsPage } from "./delegations-page.js";
export { DepartmentsPage } from "./departments-page.js";
export { DutiesPage } from "./duties-page.js";
export { PeopleImportPage } from "./people-import-page.js";
export { PeoplePage } from "./people-page.js";
