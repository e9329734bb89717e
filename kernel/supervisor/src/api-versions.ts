import { satisfies } from "semver";

/** Versions of the APIs that a kernel serves: of each major version the newest. */
export type ApiVersions = Readonly<Record<string, readonly string[]>>;

/** What this kernel serves. */
export const API_VERSIONS: ApiVersions = {
  auth: ["1.0.0"],
  organisation: ["1.0.0"],
  account: ["1.0.0"],
  audit: ["1.0.0"],
  security: ["1.0.0"],
  storage: ["1.0.0"],
  workflow: ["1.0.0"],
};

/** Major versions that a plugin asks for, by API: it is to speak no others. */
export function majorsOf(asked: Readonly<Record<string, string>>, served: ApiVersions): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(asked).map(([api, range]) => [
      api,
      (served[api] ?? [])
        .filter((version) => satisfies(version, range))
        .map((version) => Number(version.split(".")[0])),
    ]),
  );
}
