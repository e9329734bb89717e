import type { ActorRef } from "@jinshui/contracts";

/** The person behind a call, with what follows from the positions held. */
export interface Actor extends ActorRef {
  bureau: string;
  department: string;
  departmentTitle: string;
  /** `onBehalfOf`: whose it is, where that person has given it for a while. */
  positions: { id: string; department: string; onBehalfOf?: ActorRef }[];
  /** Departments the person belongs to or holds a position in, and those below them. */
  departments: readonly string[];
  permissions: ReadonlySet<string>;
  /** Permissions the person has only on behalf of another, with whom. */
  delegated?: ReadonlyMap<string, ActorRef>;
}

export interface ResolvedCall {
  /** The plugin that calls; absent when a part of the kernel does. */
  plugin?: string;
  actor?: Actor;
}

/**
 * Says who is behind a call. The token in `actor` must have been minted for this caller and this bureau (401, 403), and a
 * plugin must be enabled in the bureau (404 `not-enabled`).
 */
export interface Access {
  resolve(call: { caller: string; bureau: string; actor?: string }): Promise<ResolvedCall>;
  /**
   * Who is behind work that goes on after its call has ended, with the rights of now: the person may have lost some, the
   * plugin may be switched off (`forbidden`, `not-enabled`).
   */
  acting(call: { caller: string; bureau: string; person: string }): Promise<ResolvedCall>;
  /** Bureaus below this one, at any depth. */
  below(bureau: string): readonly string[];
}
