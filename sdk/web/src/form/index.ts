export { entryProblem, fieldTemplate, type FieldSpec } from "./fields.js";
export { FormElement } from "./form-element.js";
export { labelOf, shownValue } from "./shown-value.js";
