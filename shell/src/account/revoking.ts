import { t } from "@jinshui/web";

/** Asks why a certificate is revoked; nothing when it is not after all. */
export function askToRevoke(): string | undefined {
  const reason = prompt(t("certificate.revokeWhy"))?.trim() ?? "";
  return reason.length < 2 ? undefined : reason.slice(0, 200);
}
