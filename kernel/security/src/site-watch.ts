import type { SiteState } from "@jinshui/contracts";

/** What the kernel that runs knows of itself; the host answers. */
export interface SiteWatch {
  kernel(): Promise<SiteState["kernel"]>;
  bus: Omit<SiteState["bus"], "losses">;
  databaseWarnings: SiteState["database"]["warnings"];
  /** Why nothing may be written now. */
  diskShort(): string | undefined;
  plugins(): SiteState["plugins"];
  backup(): Promise<SiteState["backup"]>;
  certificates(): Promise<SiteState["certificates"]>;
  /** Whether the last anchors of the audit chains came in time, and bureaus whose chain contradicts them. */
  anchors(): { inTime: boolean; contradicted: ReadonlySet<string> };
}
