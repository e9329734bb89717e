import type { PasswordReason, PasswordRules } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";

/** What is typed so far, for whom, and what the server said about it. */
export interface Draft {
  password: string;
  username: string;
  refused: readonly string[];
}

export const ruleStyles = css`
  .rules {
    list-style: none;
    margin: 0;
    padding: 0;
    font-size: 13px;
    line-height: 22px;
    color: var(--ji-text-2);
  }
  .rules .met {
    color: var(--ji-ok);
  }
  .rules .broken {
    color: var(--ji-error);
  }
  .rules li::before {
    content: "·";
    display: inline-block;
    width: 18px;
    text-align: center;
  }
  .rules .met::before {
    content: "✓";
  }
  .rules .broken::before {
    content: "✗";
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
`;

/** The rules for a new password, which change while it is typed; the server has the last word. */
export function passwordRules(rules: PasswordRules, draft: Draft): TemplateResult {
  return html`<ul class="rules" id="rules">
    ${listed(rules).map((reason) => {
      const state = stateOf(reason, rules, draft);
      return html`<li class=${state}>
        ${t(`password.${reason}`, { ...rules })}${state === "" ? nothing : html`<span class="hidden">${t(`account.rule.${state}`)}</span>`}
      </li>`;
    })}
  </ul>`;
}

function listed({ complexity, maxLength, minLength }: PasswordRules): PasswordReason[] {
  return [
    ...(minLength > 0 ? (["too-short"] as const) : []),
    ...(complexity ? (["not-mixed"] as const) : []),
    "contains-name",
    "contains-word",
    "too-common",
    "used-before",
    ...(maxLength < 64 ? (["too-long"] as const) : []),
  ];
}

/** Some rules only the server knows: they stay open until it refuses. */
function stateOf(reason: PasswordReason, rules: PasswordRules, { password, username, refused }: Draft): string {
  if (refused.includes(reason)) return "broken";
  if (password === "") return "";
  if (reason === "too-short") return [...password].length >= rules.minLength ? "met" : "";
  if (reason === "not-mixed") return kinds(password) >= 3 ? "met" : "";
  if (reason === "contains-name") return password.toLowerCase().includes(username.toLowerCase()) ? "broken" : "";
  return "";
}

function kinds(password: string): number {
  return [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u].filter((kind) => kind.test(password)).length;
}
