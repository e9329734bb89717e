/** The command line was called wrongly; the usage line follows the message. */
export class UsageError extends Error {
  override name = "UsageError";
}
