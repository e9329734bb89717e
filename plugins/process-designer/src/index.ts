export {
  type Clause,
  type Condition,
  type Operator,
  OPERATORS,
  parseCondition,
  resultOf,
  writeCondition,
} from "./condition.js";
export {
  findItem,
  type Found,
  idsOf,
  insertItems,
  moveItem,
  type Place,
  removeBranch,
  removeItem,
  replaceBranch,
  replaceItem,
  setForm,
} from "./edit-list.js";
export { beginHistory, type History, record, redo, undo } from "./history.js";
export { readList } from "./read-list.js";
export * from "./step-list.js";
export { freeId, newFile, renamed, writeList } from "./write-list.js";
