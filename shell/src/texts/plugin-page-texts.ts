import type { Dictionary, Language } from "@jinshui/web";

/** What is said around a page of a plugin. */
export const pluginPageTexts: Record<Language, Dictionary> = {
  "zh-CN": {
    "plugin.absentHint": "本局未启用该功能，或您的岗位没有此项权限。如工作需要，请联系系统管理员。",
    "plugin.newer": "此页面有新版本；您填写的内容还在，办完后请换上新版。",
    "plugin.takeNewer": "换上新版",
    "plugin.absent": "功能未启用",
  },
  en: {
    "plugin.absentHint":
      "Your bureau has not enabled this, or your positions do not allow it. Ask your system administrator if you need it for your work.",
    "plugin.newer":
      "There is a newer version of this page. What you have entered is still here; take the newer one when you are done.",
    "plugin.takeNewer": "Take the newer one",
    "plugin.absent": "Not enabled",
  },
};
