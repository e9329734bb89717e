import type { AccessControl } from "@jinshui/auth";
import {
  isHeardOutside,
  JinshuiError,
  KERNEL_EVENTS,
  type LocalText,
  MACHINE_APIS,
  PEOPLE_PERMISSION,
  recordChanged,
} from "@jinshui/contracts";

/** What people call APIs; those of plugins go by their ids. */
const API_TITLES: Readonly<Record<string, LocalText>> = {
  auth: { "zh-CN": "人员名录", en: "directory" },
  storage: { "zh-CN": "台账数据", en: "records" },
  workflow: { "zh-CN": "事项与任务", en: "matters and tasks" },
  organisation: { "zh-CN": "机构与岗位", en: "organisation" },
  supervisor: { "zh-CN": "插件", en: "plugins" },
  bus: { "zh-CN": "消息总线", en: "bus" },
  scim: { "zh-CN": "人员同步（SCIM）", en: "provisioning (SCIM)" },
};
/** To provision people takes a permission that no other API gives to machines. */
const SCIM_SCOPE = `scim:${PEOPLE_PERMISSION}`;

/** The permissions that scopes give by an API; `undefined` when they don't name it. */
export function permissionsBy(scopes: readonly string[], api: string): string[] | undefined {
  const named = scopes.filter((scope) => scope.startsWith(`${api}:`)).map((scope) => scope.slice(api.length + 1));
  return named.length === 0 ? undefined : named;
}

/** What a scope allows, in words: 台账数据：查看设备台账. */
export function scopeTitle(access: AccessControl, scope: string): LocalText {
  const { api, permission } = partsOf(scope);
  const what = api === "bus" ? eventTitle(permission) : access.permissionTitle(permission);
  const by = API_TITLES[api] ?? { "zh-CN": api };
  return {
    "zh-CN": `${by["zh-CN"]}：${what["zh-CN"]}`,
    en: `${what.en ?? what["zh-CN"]} (${by.en ?? by["zh-CN"]})`,
  };
}

function eventTitle(name: string): LocalText {
  const { title } = KERNEL_EVENTS[name] ?? recordChanged;
  return name in KERNEL_EVENTS ? title : { "zh-CN": `${title["zh-CN"]}（${name}）`, en: `${title.en ?? ""} (${name})` };
}

function partsOf(scope: string): { api: string; permission: string } {
  const [api = "", permission = ""] = scope.split(/:(.*)/s);
  return { api, permission };
}

/**
 * Whether machines of a bureau may have a scope at all.
 * @throws JinshuiError `invalid-request` for an API or permission that is not there, `conflict` for what only administrators
 * who must be apart may have.
 */
export function requireScope(access: AccessControl, bureau: string, scope: string): void {
  if (scope === SCIM_SCOPE) return;
  const { api, permission } = partsOf(scope);
  const invalid = (reason: string): JinshuiError =>
    new JinshuiError("invalid-request", `${scope} can't be granted in ${bureau}: ${reason}`, {
      details: { field: "scopes", scope, reason },
    });
  if (api === "bus") {
    const [source = ""] = permission.split(".");
    const isRecords = access.isEnabled(source, bureau) && permission.endsWith("-changed");
    if (!isRecords && !isHeardOutside(permission)) throw invalid("unknown-event");
    return;
  }
  if (!MACHINE_APIS.includes(api) && !access.isEnabled(api, bureau)) throw invalid("unknown-api");
  if (!access.rules(bureau).has(permission)) throw invalid("unknown-permission");
  if (access.isAdministrators(permission))
    throw new JinshuiError("conflict", `${permission} is not for machines: administrators stay apart`, {
      details: { reason: "separation", position: access.permissionTitle(permission), other: { "zh-CN": scope } },
    });
}
