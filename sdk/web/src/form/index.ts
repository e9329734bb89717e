export { entryProblem, fieldTemplate, type FieldSpec } from "./fields.js";
export { FormElement, labelOf, shownValue } from "./form-element.js";
