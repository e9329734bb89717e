import { askReason, t } from "@jinshui/web";

/** Asks why a certificate is revoked; nothing when it is not after all. */
export function askToRevoke(): Promise<string | undefined> {
  return askReason({
    title: t("certificate.revokeTitle"),
    text: t("certificate.revokeHint"),
    reason: { label: t("certificate.revokeWhy"), longest: 200 },
    action: t("certificate.revoke"),
  });
}
