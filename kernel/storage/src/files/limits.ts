import { type FilesConfig, JinshuiError } from "@jinshui/contracts";
import { statfs } from "node:fs/promises";
import { USUAL_TYPES } from "./file-types.js";

/** What a site takes. */
export interface FileLimits {
  fileBytes: number;
  /** All contents together. */
  totalBytes: number;
  /** Disk space that uploads leave free. */
  freeBytes: number;
  uploadsPerPerson: number;
  types: readonly string[];
}

const MB = 1024 ** 2;
const GB = 1024 ** 3;

/** Limits by the site's configuration; `minFreeMb` is where its disk counts as full. */
export function fileLimits(config: FilesConfig = {}, minFreeMb = 256): FileLimits {
  return {
    fileBytes: (config.maxMegabytes ?? 50) * MB,
    totalBytes: config.totalGigabytes === undefined ? Infinity : config.totalGigabytes * GB,
    freeBytes: minFreeMb * MB,
    uploadsPerPerson: config.uploadsPerPerson ?? 4,
    types: config.types ?? USUAL_TYPES,
  };
}

/** @throws JinshuiError `too-large` for more bytes than a file may have. */
export function checkSize(bytes: number, { fileBytes }: FileLimits): void {
  if (bytes > fileBytes)
    throw new JinshuiError("too-large", `A file holds ${fileBytes} bytes at most`, { details: { limit: fileBytes } });
}

/** @throws JinshuiError `insufficient-storage` before the disk is so full that the database could no longer write. */
export async function checkSpace(folder: string, bytes: number, taken: number, limits: FileLimits): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free - bytes >= limits.freeBytes && taken + bytes <= limits.totalBytes) return;
  throw new JinshuiError(
    "insufficient-storage",
    `There is no room for ${bytes} bytes: ${free} are free, ${taken} are taken`,
    {
      details: { free, taken },
      retryAfterMs: 60_000,
    },
  );
}
