import { ERROR_CODES, type Op } from "@jinshui/contracts";
import type { Json } from "./named-schemas.js";

/** Name of a kind of error in a document: `404` → `NotFound`. */
const ERROR_NAMES: Readonly<Record<number, [name: string, text: string]>> = {
  400: ["InvalidRequest", "请求不符合格式 / The request is not as it should be; `details` names what and where."],
  401: ["SignInRequired", "需要登录或令牌 / Nobody is known to ask, or more is asked for."],
  403: ["Forbidden", "无权限 / Not allowed; `details.permissions` names what is lacking."],
  404: ["NotFound", "不存在或不可见 / Not there, or not to be seen by who asks."],
  409: ["Conflict", "与现状冲突 / Does not fit what is there now."],
  422: ["KeyReused", "幂等键已用于其他请求 / The Idempotency-Key was used for another request."],
  429: ["TooManyRequests", "请求过多 / Try again after `Retry-After`."],
  503: ["Unavailable", "暂时不可用 / Try again later; a write under the same Idempotency-Key."],
  504: ["Timeout", "超时 / Try again; a write under the same Idempotency-Key."],
};

/** References to the errors that an operation may answer with. */
export function refusals(effect: Op["effect"] = "read"): Json {
  const statuses = [400, 401, 403, 404, ...(effect === "write" ? [409, 422] : []), 429, 503, 504];
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${ERROR_NAMES[status]?.[0] ?? ""}` }]),
    ),
    default: { $ref: "#/components/responses/Error" },
  };
}

/** The errors themselves; `error`: the schema they have. */
export function errorResponses(error: Json): Json {
  const known = Object.fromEntries(
    Object.entries(ERROR_NAMES).map(([status, [name, text]]) => {
      const codes = Object.entries(ERROR_CODES).filter(([, of]) => of === Number(status));
      const named = codes.map(([code]) => `\`${code}\``).join(", ");
      return [name, errorResponse(`${text} ${named}`, error)];
    }),
  );
  return { ...known, Error: errorResponse("其他错误 / Any other error.", error) };
}

function errorResponse(description: string, error: Json): Json {
  return { description, content: { "application/json": { schema: error } } };
}
