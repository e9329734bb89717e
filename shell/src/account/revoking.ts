import { t } from "@jinshui/web";
import { askReason } from "../pages/reason-dialog.js";

/** Asks why a certificate is revoked; nothing when it is not after all. */
export function askToRevoke(): Promise<string | undefined> {
  return askReason({
    title: t("certificate.revokeTitle"),
    text: t("certificate.revokeHint"),
    label: t("certificate.revokeWhy"),
    action: t("certificate.revoke"),
    longest: 200,
  });
}
