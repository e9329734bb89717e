import {
  type FileRef,
  HTTP_ROOT,
  isJinshuiError,
  JinshuiError,
  storageApi,
  type UploadStatus,
} from "@jinshui/contracts";
import { client, send } from "./api-client.js";

const PART_BYTES = 4 * 1024 * 1024;
const PART_TIMEOUT_MS = 120_000;
const GIVE_UP_MS = 10 * 60_000;
const SCAN_WAIT_MS = 60_000;
const TUS = { "Tus-Resumable": "1.0.0" };
const PART = { ...TUS, "Content-Type": "application/offset+octet-stream" };

/** How far an upload is; `waiting` while the network is down or the server busy. */
export interface UploadProgress {
  sent: number;
  total: number;
  waiting: boolean;
}

export interface UploadOptions {
  progress?: (progress: UploadProgress) => void;
  /** Gives the upload up; the server forgets what has arrived. */
  signal?: AbortSignal;
}

/**
 * Sends a file; its id can then be handed to operations. It goes in parts (tus), so that a network that comes and goes only
 * costs time: the upload waits, asks how far the server is, and goes on from there, for ten minutes without any progress.
 * Returns once the content is accepted and, where the site has a virus scanner, scanned or a minute has passed.
 */
export async function uploadFile(file: File, { progress, signal }: UploadOptions = {}): Promise<FileRef> {
  let place: string | undefined;
  let sent = 0;
  let lastProgress = Date.now();
  let failures = 0;
  const tell = (waiting: boolean): void => progress?.({ sent, total: file.size, waiting });
  const part = (): Blob => file.slice(sent, sent + PART_BYTES);
  try {
    tell(false);
    while (place === undefined || sent < file.size) {
      try {
        if (failures > 0 && place !== undefined) sent = (await statusAt(place, signal)).offset;
        if (place === undefined) {
          const headers = { ...PART, "Upload-Length": String(file.size), "Upload-Metadata": metadataOf(file) };
          const answer = await send("POST", `${HTTP_ROOT}/uploads`, sending(part(), headers, signal));
          place = new URL(answer.headers.get("Location") ?? "", location.origin).pathname;
          sent = Number(answer.headers.get("Upload-Offset") ?? 0);
        } else if (sent < file.size) {
          const headers = { ...PART, "Upload-Offset": String(sent) };
          const answer = await send("PATCH", place, sending(part(), headers, signal));
          sent = Number(answer.headers.get("Upload-Offset"));
        }
        failures = 0;
        lastProgress = Date.now();
        tell(false);
      } catch (error) {
        if (signal?.aborted === true || !mayGoOn(error) || Date.now() - lastProgress > GIVE_UP_MS) throw error;
        failures += 1;
        tell(true);
        await online(Math.min(500 * 2 ** failures, 15_000), signal);
      }
    }
    return await scanned(await resultOf(place, signal));
  } catch (error) {
    if (signal?.aborted === true && place !== undefined)
      await send("DELETE", place, { headers: TUS }).catch(() => undefined);
    throw error;
  }
}

function sending(raw: Blob, headers: Record<string, string>, signal?: AbortSignal): Parameters<typeof send>[2] {
  return { raw, headers, timeoutMs: PART_TIMEOUT_MS, ...(signal ? { signal } : {}) };
}

async function statusAt(place: string, signal?: AbortSignal): Promise<UploadStatus> {
  return (await send("GET", place, signal ? { signal } : {})).json() as Promise<UploadStatus>;
}

async function resultOf(place: string, signal?: AbortSignal): Promise<FileRef> {
  const { file } = await statusAt(place, signal);
  if (!file) throw new JinshuiError("unavailable", "The server has all of the file but has not taken it");
  return file;
}

/** Operations refuse a file that is still being scanned; most are done at once. */
async function scanned(file: FileRef): Promise<FileRef> {
  let known = file;
  for (const end = Date.now() + SCAN_WAIT_MS; known.state === "pending" && Date.now() < end;) {
    await online(1_000);
    known = await client(storageApi).fileInfo({ file: file.file });
  }
  return known;
}

/** Failures of the way or of the moment, not of the file: the offset the server is at settles them. */
function mayGoOn(error: unknown): boolean {
  if (!isJinshuiError(error)) return false;
  return error.retryable || ["offline", "conflict", "upload-too-slow", "checksum-mismatch"].includes(error.code);
}

function metadataOf({ name, type }: File): string {
  const encoded = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return `filename ${encoded(name)}${type === "" ? "" : `,filetype ${encoded(type)}`}`;
}

/** Waits, but not longer than until the browser says that the network is back. */
function online(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}
