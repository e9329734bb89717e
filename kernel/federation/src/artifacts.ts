import type { Database, Row, Where } from "@jinshui/storage";
import { createHash } from "node:crypto";

/** What a row has besides its payload. */
export interface ArtifactLinks {
  grantId?: string | undefined;
  uid?: string | undefined;
}

/** Something of the provider that is good for a while. */
export interface Artifact {
  idHash: string;
  payload: Record<string, unknown>;
  consumedAt?: string;
  sessionMark?: string;
}

/** What federation keeps for a while, under the hashes of what its holders show. */
export class Artifacts {
  constructor(
    readonly database: Database,
    readonly clock: () => number = Date.now,
  ) {}

  async put(
    kind: string,
    idHash: string,
    payload: Record<string, unknown>,
    { grantId, uid, seconds }: ArtifactLinks & { seconds: number },
  ): Promise<void> {
    const key = { kind, id_hash: idHash };
    const values = {
      payload,
      grant_id: grantId,
      uid,
      expires_at: new Date(this.clock() + seconds * 1_000).toISOString(),
    };
    await this.database.transaction(
      async (tx) => {
        if ((await tx.update("federation_artifact", key, values)) === 0)
          await tx.insert("federation_artifact", { ...key, ...values });
      },
      { essential: true },
    );
  }

  find(kind: string, idHash: string): Promise<Artifact | undefined> {
    return this.#find({ kind, id_hash: idHash });
  }

  findByUid(kind: string, uid: string): Promise<Artifact | undefined> {
    return this.#find({ kind, uid });
  }

  async #find(where: Where): Promise<Artifact | undefined> {
    const now = new Date(this.clock()).toISOString();
    const row = await this.database.findOne("federation_artifact", { and: [where, { expires_at: { gt: now } }] });
    return row && artifactOf(row);
  }

  /** Marks it as used; false when somebody else was first. */
  consume(kind: string, idHash: string): Promise<boolean> {
    const where = { kind, id_hash: idHash, consumed_at: null };
    return this.database.transaction(
      async (tx) =>
        (await tx.update("federation_artifact", where, { consumed_at: new Date(this.clock()).toISOString() })) > 0,
      { essential: true },
    );
  }

  /** Lets it end with a session. */
  async bind(kind: string, idHash: string, sessionMark: string): Promise<void> {
    await this.database.transaction(
      (tx) => tx.update("federation_artifact", { kind, id_hash: idHash }, { session_mark: sessionMark }),
      { essential: true },
    );
  }

  /** Takes it away, and returns it if it was there. */
  async take(kind: string, idHash: string): Promise<Artifact | undefined> {
    const found = await this.find(kind, idHash);
    // of two who take it at the same time one gets it
    return found && (await this.remove({ kind, id_hash: idHash })) > 0 ? found : undefined;
  }

  remove(where: Where): Promise<number> {
    return this.database.transaction((tx) => tx.remove("federation_artifact", where), { essential: true });
  }

  /** Removes what has expired. */
  async sweep(): Promise<number> {
    return this.remove({ expires_at: { lte: new Date(this.clock()).toISOString() } });
  }
}

/** Under which something is kept that its holder shows as `id`. */
export function artifactHash(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

function artifactOf(row: Row): Artifact {
  const { id_hash: idHash, payload, consumed_at: consumedAt, session_mark: sessionMark } = row;
  return {
    idHash: String(idHash),
    payload: payload as Record<string, unknown>,
    ...(consumedAt === undefined ? {} : { consumedAt: String(consumedAt) }),
    ...(sessionMark === undefined ? {} : { sessionMark: String(sessionMark) }),
  };
}
