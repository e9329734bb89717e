import type { KoaContextWithOIDC } from "oidc-provider";

/** Texts of the provider's own pages, which stand without the shell. */
const TEXTS = {
  "zh-CN": {
    signOut: "退出登录",
    both: "要同时退出本平台吗？",
    stay: "保持登录",
    signedOut: "已退出登录",
    home: "返回首页",
    failed: "无法登录",
    again: "如再次出现，请联系该系统的管理员。",
    invalid_client: "请求登录的系统没有在本平台登记。",
    invalid_redirect_uri: "请求登录的系统给出的返回地址没有登记。",
    invalid_request: "请求登录的系统发来的请求不符合规范，或登录等待时间过长，请从该系统重新登录。",
  },
  en: {
    signOut: "Sign out",
    both: "Sign out of this platform as well?",
    stay: "Stay signed in",
    signedOut: "You have signed out",
    home: "To the first page",
    failed: "Signing in failed",
    again: "If it happens again, tell the administrator of the system you came from.",
    invalid_client: "The system you came from is not registered here.",
    invalid_redirect_uri: "The system you came from named an address that is not registered.",
    invalid_request: "The system you came from asked in a wrong way, or you have waited too long: begin again there.",
  },
};

interface PageContext {
  acceptsLanguages(...languages: string[]): string | string[] | false;
  type: string;
  body?: unknown;
}

type Texts = (typeof TEXTS)["zh-CN"];

/** Chinese, unless the browser asks for English first: plain, without scripts and styles. */
function show(context: PageContext, draw: (texts: Texts) => { title: string; body: string }): void {
  const language = context.acceptsLanguages("zh-CN", "zh", "en") === "en" ? "en" : "zh-CN";
  const { title, body } = draw(TEXTS[language]);
  context.type = "html";
  context.body = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

/** Asks whether somebody wants to sign out here as well; `form` is the provider's, without a button. */
export function signOutPage(context: KoaContextWithOIDC, form: string): void {
  show(context, ({ signOut, both, stay }) => ({
    title: signOut,
    body: `<p>${both}</p>${form}<p><button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>${signOut}</button> <button type="submit" form="op.logoutForm">${stay}</button></p>`,
  }));
}

export function signedOutPage(context: KoaContextWithOIDC): void {
  show(context, ({ signedOut, home }) => ({ title: signedOut, body: `<p><a href="/">${home}</a></p>` }));
}

/** Says that the other system asked wrongly; how is in our log. */
export function errorPage(context: PageContext, code: string): void {
  show(context, (texts) => {
    const why = code === "invalid_client" || code === "invalid_redirect_uri" ? texts[code] : texts.invalid_request;
    return { title: texts.failed, body: `<p>${why}</p><p>${texts.again}</p><p><a href="/">${texts.home}</a></p>` };
  });
}
