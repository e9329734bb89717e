import {
  accountApi,
  type Api,
  auditApi,
  authApi,
  busApi,
  federationApi,
  organisationApi,
  securityApi,
  signatureApi,
  storageApi,
  supervisorApi,
  webhooksApi,
  workflowApi,
} from "@jinshui/contracts";

/** APIs whose operations with a route are served over HTTP at every site. */
const EVERYWHERE: readonly Api[] = [
  authApi,
  accountApi,
  storageApi,
  workflowApi,
  supervisorApi,
  auditApi,
  organisationApi,
  signatureApi,
  securityApi,
  webhooksApi,
];

/** APIs that are served over HTTP; `federated`: those for machines as well. */
export function servedApis(federated: boolean): readonly Api[] {
  return federated ? [...EVERYWHERE, federationApi, busApi] : EVERYWHERE;
}
