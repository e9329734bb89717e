import { fromErrorBody, storageApi, type TransferJob } from "@jinshui/contracts";
import { client } from "./api-client.js";

const POLL_MS = 500;

/**
 * Follows an import or export to its end, telling on the way how far it is. A page that is closed loses nothing: the job goes on.
 * @throws JinshuiError what the job failed with.
 */
export async function followTransfer(
  begun: TransferJob,
  tell: (job: TransferJob) => void,
  signal: AbortSignal,
): Promise<TransferJob> {
  let job = begun;
  while (["waiting", "running"].includes(job.state)) {
    tell(job);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
    job = await client(storageApi).transfer({ id: job.id });
  }
  tell(job);
  if (job.error) throw fromErrorBody(job.error);
  return job;
}

/** Hands a file of one's own over to the browser's downloads. */
export async function downloadFile(file: string): Promise<void> {
  const { url, name } = await client(storageApi).claimFile({ file });
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
