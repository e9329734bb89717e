import type { LocalText } from "@jinshui/contracts";
import { JinshuiError } from "@jinshui/contracts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import { errors } from "oidc-provider";
import type { Clients, SignInSystem } from "../clients/clients.js";
import { ownScopes } from "./open-provider.js";
import type { Visitor, Visits } from "./visits.js";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** What a person is asked, or will be told. */
export interface Question {
  client: { id: string; title: LocalText };
  /** Whether the person must agree that the other system learns who they are. */
  consent: boolean;
  /** What it would learn. */
  scopes: string[];
}

/** Where a browser is sent from somebody else's system: to sign in, to agree, and back. */
export class Interactions {
  constructor(
    readonly provider: Provider,
    readonly clients: Clients,
    readonly visits: Visits,
  ) {}

  /** Where to go on: straight back when nothing is to be asked, else to the page that asks. */
  async begin(request: IncomingMessage, response: ServerResponse): Promise<string> {
    const interaction = await this.#details(request, response);
    const { consent } = await this.#question(interaction);
    const visitor = await this.visits.visitor(request);
    if (!visitor || consent || !isRecent(interaction, visitor)) return `/authorize/${interaction.uid}`;
    return this.#finish(request, response, interaction, visitor);
  }

  async question(request: IncomingMessage, response: ServerResponse): Promise<Question> {
    return this.#question(await this.#details(request, response));
  }

  /**
   * The person's answer; where to go on.
   * @throws JinshuiError `sign-in-required`; `sign-in-again` when the other system wants a fresh proof.
   */
  async answer(request: IncomingMessage, response: ServerResponse, { agreed }: { agreed: boolean }): Promise<string> {
    const interaction = await this.#details(request, response);
    if (!agreed) {
      const refusal = { error: "access_denied", error_description: "the person refused" };
      return this.provider.interactionResult(request, response, refusal, { mergeWithLastSubmission: false });
    }
    const visitor = await this.visits.visitor(request);
    if (!visitor) throw new JinshuiError("sign-in-required", "Sign in first");
    if (!isRecent(interaction, visitor))
      throw new JinshuiError("sign-in-again", "The other system wants a fresh proof of who you are");
    return this.#finish(request, response, interaction, visitor);
  }

  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    interaction: Interaction,
    { person, confirmedAt }: Visitor,
  ): Promise<string> {
    await this.#changePerson(interaction, person.id);
    const grant = new this.provider.Grant({ accountId: person.id, clientId: String(interaction.params["client_id"]) });
    grant.addOIDCScope(ownScopes(String(interaction.params["scope"] ?? "")));
    return this.provider.interactionResult(request, response, {
      login: { accountId: person.id, ts: Math.floor(confirmedAt / 1_000) },
      consent: { grantId: await grant.save() },
    });
  }

  /** Another person sits at this browser now: what the provider knows of the one before is of no use. */
  async #changePerson(interaction: Interaction, person: string): Promise<void> {
    const { session, exp } = interaction;
    if (session?.uid === undefined || session.accountId === undefined || session.accountId === person) return;
    const known = await this.provider.Session.findByUid(session.uid);
    if (!known) throw over();
    known.accountId = person;
    known.authorizations = {};
    await known.persist();
    session.accountId = person;
    await interaction.save(exp - Math.floor(Date.now() / 1_000));
  }

  async #question({ params }: Interaction): Promise<Question> {
    const client = await this.clients.find(String(params["client_id"]));
    if (client?.kind !== "sign-in") throw over();
    const { id, title, trusted }: SignInSystem = client;
    const scopes = ownScopes(String(params["scope"] ?? "")).split(" ");
    return { client: { id, title }, consent: !trusted, scopes };
  }

  /** That of the browser's cookie: whoever follows somebody else's link has no such cookie. */
  #details(request: IncomingMessage, response: ServerResponse): Promise<Interaction> {
    return this.provider.interactionDetails(request, response).catch((error: unknown) => {
      throw error instanceof errors.SessionNotFound ? over() : error;
    });
  }
}

/** Whether the person has proved who they are as lately as the other system wants. */
function isRecent({ prompt, params, iat }: Interaction, { confirmedAt }: Visitor): boolean {
  const seconds = Math.floor(confirmedAt / 1_000);
  // both are whole seconds: one proven in the second of the request may have been before it
  if (prompt.reasons.includes("login_prompt")) return seconds > iat;
  const maxAge = Number(params["max_age"]);
  return params["max_age"] === undefined || Date.now() / 1_000 - seconds <= maxAge;
}

function over(): JinshuiError {
  return new JinshuiError("not-found", "This sign-in is over: begin again in the other system", {
    details: { reason: "interaction-over" },
  });
}
