export { type TestPerson, TestSite, type TestSiteOptions } from "./test-site.js";
