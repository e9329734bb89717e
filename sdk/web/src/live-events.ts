import { HTTP_ROOT } from "@jinshui/contracts";
import { send } from "./api-client.js";

/** A hint that something has changed: `workflow.task-created`, `supervisor.plugins-changed` … */
export interface LiveEvent {
  name: string;
  data: Record<string, unknown>;
}

/** Fired on `window`: `detail` says whether the server is reached. */
export const CONNECTION = "jinshui-connection";

const listeners = new Set<(event: LiveEvent) => void>();
let source: EventSource | undefined;
let coming: ReturnType<typeof setTimeout> | undefined;

/** Opens the page's one connection for hints; it comes back by itself. */
export function openLiveEvents(): void {
  if (source) return;
  source = new EventSource("/api/v1/events");
  source.onopen = () => announce(true);
  source.onerror = () => {
    announce(false);
    // a closed source is one the server refused
    if (source?.readyState === EventSource.CLOSED) {
      source = undefined;
      coming = setTimeout(() => void comeBack(), 1_000);
    }
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as LiveEvent;
    for (const listener of listeners) listener(event);
  };
}

/** Opens it again, unless the session is over: asking for the person tells the page so. */
async function comeBack(): Promise<void> {
  const isOver = await send("GET", `${HTTP_ROOT}/me`).then(
    () => false,
    (error: { status?: number }) => error.status === 401,
  );
  if (!isOver) openLiveEvents();
}

export function closeLiveEvents(): void {
  clearTimeout(coming);
  source?.close();
  source = undefined;
}

/** Listens to hints; returns the way to stop. */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function announce(connected: boolean): void {
  window.dispatchEvent(new CustomEvent(CONNECTION, { detail: connected }));
}
