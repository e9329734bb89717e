import { Type } from "typebox";
import { defineApi, op } from "./api.js";
import { Instant } from "./text.js";

/** In front of a machine's id: what it is called on the bus. No plugin has such a name. */
export const MACHINE_CALLER = "client-";

/** The bus for machines of other systems; served where a site has any. */
export const busApi = defineApi("bus", 1, {
  /**
   * A credential of ten minutes with which a machine hears of the events that its scopes `bus:<source>.<name>` name, in its bureau;
   * nothing else. Ask again before `expiresAt`: the server ends the connection then. Withdrawn scopes end it at once.
   */
  credential: op({
    effect: "read",
    audited: true,
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/bus/credential" },
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({
      servers: Type.Array(Type.String()),
      /** User JWT and seed (nkey), for an authenticator of a NATS client. */
      jwt: Type.String(),
      seed: Type.String(),
      /** Prefix of inboxes that the credential allows. */
      inboxPrefix: Type.String(),
      /** What may be subscribed to. */
      subjects: Type.Array(Type.String()),
      expiresAt: Instant,
    }),
  }),
});
export type BusApi = typeof busApi;
