import type { Adapter, AdapterPayload, ClientMetadata } from "oidc-provider";
import { errors } from "oidc-provider";
import { type Artifact, artifactHash, type Artifacts } from "../artifacts.js";
import type { Client, Clients } from "../clients/clients.js";

/** A session that was found by its public id has lost the secret one; this stands for it. Its cookie is signed, so nobody can show that. */
const KNOWN_HASH = "hash:";
const WEEK_SECONDS = 7 * 86_400;

/** What the provider keeps, in our database; clients come from where they are registered. */
export class ProviderAdapter implements Adapter {
  constructor(
    readonly kind: string,
    readonly artifacts: Artifacts,
    readonly clients: Clients,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti: _secret, ...kept } = payload;
    await this.artifacts.put(this.kind, this.#hash(id), kept, {
      grantId: payload.grantId,
      uid: payload.uid,
      seconds: expiresIn ?? WEEK_SECONDS,
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.kind === "Client") return metadataOf(await this.clients.find(id));
    const found = await this.artifacts.find(this.kind, this.#hash(id));
    return found && payloadOf(found, id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const found = await this.artifacts.findByUid(this.kind, uid);
    return found && payloadOf(found, `${KNOWN_HASH}${found.idHash}`);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    // two requests with one code: the provider has seen it unused in both
    if (!(await this.artifacts.consume(this.kind, this.#hash(id))))
      throw new errors.InvalidGrant("it was used already");
  }

  async destroy(id: string): Promise<void> {
    await this.artifacts.remove({ kind: this.kind, id_hash: this.#hash(id) });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.artifacts.remove({ grant_id: grantId });
  }

  #hash(id: string): string {
    return this.kind === "Session" && id.startsWith(KNOWN_HASH) ? id.slice(KNOWN_HASH.length) : artifactHash(id);
  }
}

function payloadOf({ payload, consumedAt }: Artifact, id: string): AdapterPayload {
  const consumed = consumedAt === undefined ? {} : { consumed: Math.floor(Date.parse(consumedAt) / 1_000) };
  return { ...payload, jti: id, ...consumed };
}

/** A client as the provider knows it. Its secret is a digest, with which the digest of what is shown is compared. */
function metadataOf(client: Client | undefined): ClientMetadata | undefined {
  if (!client) return undefined;
  const common = {
    client_id: client.id,
    client_name: client.title["zh-CN"],
    ...(client.secretSha256 === undefined ? {} : { client_secret: client.secretSha256 }),
  };
  if (client.kind === "machine")
    return {
      ...common,
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: "client_secret_basic",
    };
  return {
    ...common,
    grant_types: ["authorization_code"],
    response_types: ["code"],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    token_endpoint_auth_method: client.secretSha256 === undefined ? "none" : "client_secret_basic",
  };
}
