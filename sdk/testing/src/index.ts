export { type TestPerson } from "./test-person.js";
export { TestSite, type TestSiteOptions } from "./test-site.js";
export { until } from "./until.js";
