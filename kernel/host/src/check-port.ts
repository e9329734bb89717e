import { JinshuiError } from "@jinshui/contracts";
import { createServer } from "node:net";

/**
 * Finds out whether a port is free before anything is made or begun; the door itself opens last.
 * @throws JinshuiError `unavailable`.
 */
export async function checkPort(port: number, host: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const message =
        error.code === "EADDRINUSE"
          ? `Port ${port} of ${host} is taken; choose another with --port`
          : `Nobody can listen at port ${port} of ${host}: ${error.message}`;
      reject(new JinshuiError("unavailable", message, { cause: error }));
    });
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
