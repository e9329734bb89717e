import type { Auth } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import { isJinshuiError, JinshuiError, PEOPLE_PERMISSION } from "@jinshui/contracts";
import { type AuditTrail, type Database, identify, serving } from "@jinshui/storage";
import type { Machine } from "../clients/clients.js";
import type { Identities } from "../identities.js";
import { actorOf, type Machines } from "../machine/machines.js";
import { Groups } from "./groups.js";
import { failed, ScimError, type ScimAnswer, type ScimRequest, URN } from "./protocol.js";
import { type Description, MAX_RESULTS, resourceTypes, schemaResources, serviceProvider } from "./schemas.js";
import { patched, valuesOf } from "./user-values.js";
import { type User, Users } from "./users.js";

const DEFAULT_RESULTS = 100;
/** Pages far out make the database count through all before them. */
const MAX_START = 100_000;

export interface ScimParts {
  database: Database;
  auth: Auth;
  identities: Identities;
  machines: Machines;
  trail: AuditTrail;
  log: Log;
  /** Address of the service. */
  root: string;
}

/**
 * SCIM 2.0 (RFC 7643, 7644) for a machine with the scope `scim:site.people`, in its bureau. Every request leaves an entry in the
 * audit trail: what changes something with its change, all others here.
 */
export class Scim {
  readonly #users: Users;
  readonly #groups: Groups;

  constructor(readonly parts: ScimParts) {
    const { database, auth, identities, root } = parts;
    this.#users = new Users(database, auth, identities, root);
    this.#groups = new Groups(auth.organisation, root);
  }

  async handle(request: ScimRequest): Promise<ScimAnswer> {
    let machine: Machine | undefined;
    try {
      machine = await this.#admitted(request);
      return await this.#serve(machine, request);
    } catch (error) {
      const { reason, ...answer } = failed(error);
      if (answer.status >= 500 && !isJinshuiError(error) && !(error instanceof ScimError))
        this.parts.log.error({ err: error, path: request.path }, "a SCIM request failed");
      if (machine) await this.#note(machine, request, answer.status === 403 ? "denied" : "failed", reason);
      return answer;
    }
  }

  async #admitted({ token, address, trace }: ScimRequest): Promise<Machine> {
    if (token === undefined) throw new JinshuiError("sign-in-required", "This takes an access token");
    const from = { address, trace, needed: PEOPLE_PERMISSION };
    return (await this.parts.machines.admitted(token, "scim", from)).machine;
  }

  #serve(machine: Machine, request: ScimRequest): Promise<ScimAnswer> {
    const { bureau } = machine;
    return serving({ bureau, caller: "gateway", trace: request.trace }, async () => {
      const { id, name } = actorOf(machine);
      identify({ actor: { id, name }, client: { address: request.address } });
      const answer = await this.#route(machine, request);
      if (request.method === "GET") await this.#note(machine, request, "ok");
      return answer;
    });
  }

  async #note(
    machine: Machine,
    request: ScimRequest,
    result: "ok" | "denied" | "failed",
    reason?: string,
  ): Promise<void> {
    const { method, path, query, address, trace } = request;
    const { id, name, bureau } = actorOf(machine);
    await this.parts.trail.audit({
      bureau,
      actor: { id, name },
      caller: "gateway",
      client: { address },
      trace,
      action: `scim.${method.toLowerCase()}`,
      resource: `scim${path}`.slice(0, 150),
      result,
      ...(reason === undefined ? {} : { reason }),
      ...(query["filter"] === undefined ? {} : { after: { filter: query["filter"].slice(0, 500) } }),
    });
  }

  #route(machine: Machine, request: ScimRequest): Promise<ScimAnswer> | ScimAnswer {
    const [, kind = "", id, ...more] = request.path.split("/");
    if (more.length > 0) throw new ScimError(404, `There is nothing at ${request.path}`);
    switch (kind.toLowerCase()) {
      case "users":
        return this.#user(machine, request, id);
      case "groups":
        return this.#group(machine, request, id);
      case "serviceproviderconfig":
        return read(request, serviceProvider(this.parts.root));
      case "resourcetypes":
        return described(request, resourceTypes(this.parts.root), id);
      case "schemas":
        return described(request, schemaResources(this.parts.root), id);
      case "bulk":
      case "me":
        throw new ScimError(501, `${kind} is not served`);
      default:
        throw new ScimError(404, `There is nothing at ${request.path}`);
    }
  }

  async #user(machine: Machine, request: ScimRequest, id: string | undefined): Promise<ScimAnswer> {
    const { method, ifMatch } = request;
    if (id === undefined) {
      if (method === "POST") {
        const made = await this.#users.create(machine, valuesOf(await request.body()));
        return resource(request, made, 201);
      }
      requireRead(request);
      const page = pageOf(request);
      const { users, total } = await this.#users.list(machine, page);
      return listed(request, users, { total, startIndex: page.startIndex });
    }
    switch (method) {
      case "GET":
        return resource(request, await this.#users.find(machine, id));
      case "PUT": {
        const values = valuesOf(await request.body());
        if (values.userName === undefined || values.name === undefined || values.department === undefined)
          throw new ScimError(400, `A User has userName, displayName and ${URN.enterprise}:department`, "invalidValue");
        return resource(request, await this.#users.change(machine, id, values, ifMatch));
      }
      case "PATCH":
        return resource(request, await this.#users.change(machine, id, patched(await request.body()), ifMatch));
      case "DELETE":
        throw new ScimError(501, "People stay for the audit trail: set active to false");
      default:
        throw new ScimError(405, `${method} is not for a User`);
    }
  }

  async #group(machine: Machine, request: ScimRequest, id: string | undefined): Promise<ScimAnswer> {
    if (request.method !== "GET") this.#groups.refuse();
    if (id !== undefined) return resource(request, (await this.#groups.find(machine, id)) as unknown as User);
    const page = pageOf(request);
    const { groups, total } = await this.#groups.list(machine, page);
    return listed(request, groups, { total, startIndex: page.startIndex });
  }
}

function requireRead({ method, path }: ScimRequest): void {
  if (method !== "GET") throw new ScimError(405, `${method} is not for ${path}`);
}

function read(request: ScimRequest, body: object): ScimAnswer {
  requireRead(request);
  return { status: 200, body };
}

function described(request: ScimRequest, all: readonly Description[], id: string | undefined): ScimAnswer {
  if (id === undefined) return read(request, listOf(all, { total: all.length, startIndex: 1 }));
  const one = all.find((candidate) => candidate.id === id);
  if (!one) throw new ScimError(404, `There is nothing at ${request.path}`);
  return read(request, one);
}

/** One resource with its version; 304 when the client has it. */
function resource(request: ScimRequest, found: User, status = 200): ScimAnswer {
  const { version, location } = found.meta;
  const headers = { ETag: version, ...(status === 201 ? { Location: location } : {}) };
  if (request.method === "GET" && request.ifNoneMatch === version) return { status: 304, headers };
  return { status, headers, body: chosen(request, found) };
}

function listed(
  request: ScimRequest,
  found: readonly object[],
  page: { total: number; startIndex: number },
): ScimAnswer {
  return {
    status: 200,
    body: listOf(
      found.map((one) => chosen(request, one)),
      page,
    ),
  };
}

function listOf(Resources: readonly object[], { total, startIndex }: { total: number; startIndex: number }): object {
  return { schemas: [URN.list], totalResults: total, startIndex, itemsPerPage: Resources.length, Resources };
}

/** What the client wants of a resource, by `attributes` or `excludedAttributes`; its id always. */
function chosen({ query }: ScimRequest, whole: object): object {
  const names = (text: string | undefined): Set<string> | undefined =>
    text === undefined
      ? undefined
      : new Set(text.split(",").map((name) => name.trim().toLowerCase().split(".")[0] ?? ""));
  const wanted = names(query["attributes"]);
  const unwanted = names(query["excludedAttributes"]);
  const always = new Set(["schemas", "id"]);
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => {
      const small = name.toLowerCase();
      return always.has(small) || (wanted ? wanted.has(small) : !unwanted?.has(small));
    }),
  );
}

function pageOf({ query }: ScimRequest): { filter: string | undefined; startIndex: number; count: number } {
  const whole = (name: string, usual: number): number => {
    const text = query[name];
    const value = text === undefined ? usual : Number(text);
    if (!Number.isInteger(value)) throw new ScimError(400, `${name} must be a whole number`, "invalidValue");
    return value;
  };
  const startIndex = Math.max(1, whole("startIndex", 1));
  if (startIndex > MAX_START) throw new ScimError(400, `startIndex is ${MAX_START} at most: use a filter`, "tooMany");
  return {
    filter: query["filter"],
    startIndex,
    count: Math.min(MAX_RESULTS, Math.max(0, whole("count", DEFAULT_RESULTS))),
  };
}
