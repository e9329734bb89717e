import { JinshuiError } from "@jinshui/contracts";

/** Less than callers wait, so that they hear why. */
const CATALOGUE_MS = 12_000;
const MAX_REDIRECTS = 3;

/**
 * The content of a package in the site's catalogue; redirections are followed inside the catalogue only.
 * @throws JinshuiError `invalid-request` when there is no catalogue or the address is not below it, `unavailable` when it gives none.
 */
export async function catalogueContent(url: string, catalogue: URL | undefined): Promise<AsyncIterable<Buffer>> {
  if (!catalogue)
    throw new JinshuiError("invalid-request", "This site has no catalogue (pluginPackages.catalogue in base.yaml)", {
      details: { rule: "no-catalogue" },
    });
  const signal = AbortSignal.timeout(CATALOGUE_MS);
  let address = within(url, catalogue);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await fetch(address, { redirect: "manual", signal }).catch((error: unknown) => {
      throw unavailable(address, error instanceof Error ? String(error.cause ?? error.message) : String(error));
    });
    const location = response.headers.get("Location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      address = within(new URL(location, address).href, catalogue);
      continue;
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw unavailable(address, `it answers ${response.status}`);
    }
    return buffers(response.body, address);
  }
  throw unavailable(address, `it redirects more than ${MAX_REDIRECTS} times`);
}

async function* buffers(body: ReadableStream<Uint8Array>, address: URL): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) yield Buffer.from(chunk);
  } catch (error) {
    throw unavailable(address, error instanceof Error ? error.message : String(error));
  }
}

function within(url: string, catalogue: URL): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  // the parsed path: what climbs out by dots has done so by now; servers may read these signs as separators
  const isBelow = address?.pathname.startsWith(catalogue.pathname) === true && !/%2f|%5c/i.test(address.pathname);
  if (address?.origin === catalogue.origin && isBelow && address.username === "") return address;
  throw new JinshuiError("invalid-request", `${url} is not below ${catalogue.href}`, {
    details: { rule: "not-in-catalogue", catalogue: catalogue.href },
  });
}

function unavailable(address: URL, why: string): JinshuiError {
  return new JinshuiError("unavailable", `${address.href} can't be had: ${why}`, { details: { url: address.href } });
}
