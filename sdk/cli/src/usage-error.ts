/** The command line was called wrongly; how it is called follows the message. */
export class UsageError extends Error {
  override name = "UsageError";
}
