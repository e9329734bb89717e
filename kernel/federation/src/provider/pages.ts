import type { KoaContextWithOIDC } from "oidc-provider";

/** The few pages of the provider itself: plain, without scripts and styles, readable without anything of ours. */
function page(title: string, body: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

/** Asks whether somebody wants to sign out here as well; `form` is the provider's, without a button. */
export function signOutPage(context: KoaContextWithOIDC, form: string): void {
  context.body = page(
    "退出登录",
    `<p>要同时退出本平台吗？</p>${form}<p><button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>退出登录</button> <button type="submit" form="op.logoutForm">保持登录</button></p>`,
  );
}

export function signedOutPage(context: KoaContextWithOIDC): void {
  context.body = page("已退出登录", `<p><a href="/">返回首页</a></p>`);
}

/** Says that the other system asked wrongly; what it asked stays in our log. */
export function errorPage(context: { type: string; body?: unknown }, code: string): void {
  const texts: Record<string, string> = {
    invalid_client: "请求登录的系统没有在本平台登记。",
    invalid_redirect_uri: "请求登录的系统给出的返回地址没有登记。",
    invalid_request: "请求登录的系统发来的请求不符合规范，或登录等待时间过长，请从该系统重新登录。",
  };
  context.type = "html";
  context.body = page(
    "无法登录",
    `<p>${texts[code] ?? texts["invalid_request"] ?? ""}</p><p>如再次出现，请联系该系统的管理员。</p><p><a href="/">返回首页</a></p>`,
  );
}
