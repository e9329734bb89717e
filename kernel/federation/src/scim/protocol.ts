import { isJinshuiError, toErrorBody } from "@jinshui/contracts";

/** URNs of RFC 7643 and 7644. */
export const URN = {
  user: "urn:ietf:params:scim:schemas:core:2.0:User",
  enterprise: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  group: "urn:ietf:params:scim:schemas:core:2.0:Group",
  list: "urn:ietf:params:scim:api:messages:2.0:ListResponse",
  patch: "urn:ietf:params:scim:api:messages:2.0:PatchOp",
  error: "urn:ietf:params:scim:api:messages:2.0:Error",
  provider: "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
  resourceType: "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
  schema: "urn:ietf:params:scim:schemas:core:2.0:Schema",
} as const;

/** Path below which SCIM is served. */
export const SCIM_ROOT = "/scim/v2";

/** A request, as the gateway passes it on. */
export interface ScimRequest {
  method: string;
  /** Below `/scim/v2`, e.g. `/Users/<id>`. */
  path: string;
  query: Record<string, string | undefined>;
  /** Of the headers If-Match and If-None-Match. */
  ifMatch?: string;
  ifNoneMatch?: string;
  /** Reads the body, which must be JSON. */
  body(): Promise<unknown>;
  /** From `Authorization: Bearer …`. */
  token: string | undefined;
  address: string;
  trace: string;
}

export interface ScimAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: object;
}

/** Why something is refused, by the names of RFC 7644, table 9. */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue";

/** A refusal in the form that SCIM has for it. */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly scimType?: ScimType,
  ) {
    super(detail);
    this.name = "ScimError";
  }
}

/** Any failure as an answer; what is neither ours nor SCIM's stays in the log. */
export function failed(error: unknown): ScimAnswer & { reason: string } {
  const { status, detail, scimType, reason } = told(error);
  const body = { schemas: [URN.error], status: String(status), ...(scimType ? { scimType } : {}), detail };
  const headers = status === 401 ? { "WWW-Authenticate": 'Bearer realm="jinshui"' } : {};
  return { status, headers, body, reason };
}

function told(error: unknown): { status: number; detail: string; scimType?: ScimType | undefined; reason: string } {
  if (error instanceof ScimError) {
    const { status, message: detail, scimType } = error;
    return { status, detail, scimType, reason: scimType ?? `scim-${status}` };
  }
  if (error instanceof SyntaxError)
    return { status: 400, detail: error.message, scimType: "invalidSyntax", reason: "invalid" };
  if ((error as { status?: unknown }).status === 413)
    return { status: 413, detail: "The body is too large", reason: "too-large" };
  const { status, message: detail, code: reason } = toErrorBody(error);
  if (!isJinshuiError(error)) return { status, detail, reason };
  const types: Record<string, ScimType> = { "not-unique": "uniqueness", "invalid-request": "invalidValue" };
  return { status, detail, scimType: types[reason], reason };
}
