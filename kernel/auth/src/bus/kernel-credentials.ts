import type { BusAuthority, BusCredential, BusGrant } from "./authority.js";

/** A credential that is younger was hardly taken back. */
const YOUNG_MS = 1_000;

/**
 * What a part of the kernel connects with, for as long as it runs: a kernel that starts takes back all that was issued before it, also what
 * another kernel beside it has. So each attempt to connect has a new credential made for the attempt after it.
 */
export async function kernelCredentials(
  authority: Pick<BusAuthority, "mint">,
  grant: BusGrant,
): Promise<() => BusCredential> {
  let current = await authority.mint(grant);
  let mintedAt = performance.now();
  return () => {
    const given = current;
    if (performance.now() - mintedAt > YOUNG_MS)
      void authority.mint(grant).then((next) => {
        current = next;
        mintedAt = performance.now();
      });
    return given;
  };
}
