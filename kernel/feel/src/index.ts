/**
 * FEEL, the expression language of DMN 1.5, with exact decimal numbers.
 *
 * @packageDocumentation
 */
export { parseExpression, parseUnaryTests } from "./expression.js";
export type { FeelExpression, FeelResult, FeelScope, FeelUnaryTests } from "./expression.js";
export { Run } from "./compile/run.js";
export type { FeelOptions, FeelWarning } from "./compile/run.js";
export { FeelLimitError, FeelProblem, FeelSyntaxError } from "./errors.js";
export { jsonEvaluator } from "./json-evaluator.js";
export { DEFAULT_LIMITS } from "./limits.js";
export type { FeelLimits } from "./limits.js";
export { FeelDate } from "./temporal/date.js";
export { FeelDateTime } from "./temporal/date-time.js";
export { FeelDaysDuration, FeelMonthsDuration } from "./temporal/duration.js";
export { FeelTime } from "./temporal/time.js";
export type { Zone } from "./temporal/zone.js";
export { FeelContext } from "./values/context.js";
export { compare, equals } from "./values/equality.js";
export { FeelFunction } from "./values/function.js";
export type { FeelFunctionBody } from "./values/function.js";
export { fromJson, toJson } from "./values/json.js";
export type { JsonValue } from "./values/json.js";
export type { Decimal, FeelNumber } from "./values/number.js";
export { parseNumber } from "./values/number.js";
export { FeelRange } from "./values/range.js";
export { feelText } from "./values/text.js";
export { typeNamed } from "./values/type-named.js";
export { isList, isNumber, typeOf } from "./values/value.js";
export type { FeelDuration, FeelType, FeelValue } from "./values/value.js";
