import { URN } from "./protocol.js";

interface Attribute {
  name: string;
  type: "string" | "boolean" | "complex" | "reference";
  description: string;
  multiValued?: boolean;
  required?: boolean;
  mutability?: "readOnly" | "readWrite" | "immutable";
  uniqueness?: "none" | "server";
  subAttributes?: Attribute[];
}

/** An attribute with all its characteristics (RFC 7643, 2.2). */
function described({ subAttributes, ...attribute }: Attribute): object {
  const usual = { multiValued: false, required: false, caseExact: false, mutability: "readWrite", returned: "default" };
  return {
    ...usual,
    uniqueness: "none",
    ...attribute,
    ...(subAttributes ? { subAttributes: subAttributes.map(described) } : {}),
  };
}

const MEMBER: Attribute[] = [
  { name: "value", type: "string", description: "Id", mutability: "readOnly" },
  { name: "display", type: "string", description: "Name or title", mutability: "readOnly" },
];

const SCHEMAS = [
  {
    id: URN.user,
    name: "User",
    description: "A person of the bureau",
    attributes: [
      {
        name: "userName",
        type: "string",
        description: "Name to sign in with: small letters, digits, dots, hyphens",
        required: true,
        mutability: "immutable",
        uniqueness: "server",
      },
      { name: "displayName", type: "string", description: "Name of the person", required: true },
      {
        name: "name",
        type: "complex",
        description: "The same name",
        subAttributes: [{ name: "formatted", type: "string", description: "Name of the person" }],
      },
      {
        name: "active",
        type: "boolean",
        description: "Whether the person may sign in; false ends sessions and positions",
      },
      {
        name: "groups",
        type: "complex",
        multiValued: true,
        mutability: "readOnly",
        description: "Positions held today",
        subAttributes: MEMBER,
      },
    ] satisfies Attribute[],
  },
  {
    id: URN.enterprise,
    name: "EnterpriseUser",
    description: "Where the person works",
    attributes: [
      { name: "department", type: "string", description: "Id or title of a department of the bureau", required: true },
      { name: "organization", type: "string", description: "The bureau", mutability: "readOnly" },
    ] satisfies Attribute[],
  },
  {
    id: URN.group,
    name: "Group",
    description: "A position; its holders change in the platform, by two persons",
    attributes: [
      { name: "displayName", type: "string", description: "Title of the position", mutability: "readOnly" },
      {
        name: "members",
        type: "complex",
        multiValued: true,
        mutability: "readOnly",
        description: "Who holds it today",
        subAttributes: MEMBER,
      },
    ] satisfies Attribute[],
  },
];

/** A resource that describes the service. */
export interface Description {
  id: string;
  [attribute: string]: unknown;
}

/** All schemas as resources. `root`: address of the service. */
export const schemaResources = (root: string): Description[] =>
  SCHEMAS.map(({ attributes, ...schema }) => ({
    schemas: [URN.schema],
    ...schema,
    attributes: attributes.map(described),
    meta: { resourceType: "Schema", location: `${root}/Schemas/${schema.id}` },
  }));

/** The kinds of resources there are. */
export const resourceTypes = (root: string): Description[] => [
  {
    schemas: [URN.resourceType],
    id: "User",
    name: "User",
    endpoint: "/Users",
    schema: URN.user,
    schemaExtensions: [{ schema: URN.enterprise, required: true }],
    meta: { resourceType: "ResourceType", location: `${root}/ResourceTypes/User` },
  },
  {
    schemas: [URN.resourceType],
    id: "Group",
    name: "Group",
    endpoint: "/Groups",
    schema: URN.group,
    meta: { resourceType: "ResourceType", location: `${root}/ResourceTypes/Group` },
  },
];

/** Largest page. */
export const MAX_RESULTS = 200;

/** What of SCIM is served. */
export const serviceProvider = (root: string): object => ({
  schemas: [URN.provider],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "OAuth 2.0 client credentials",
      description: "An access token with the scope scim:site.people",
      primary: true,
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${root}/ServiceProviderConfig` },
});
