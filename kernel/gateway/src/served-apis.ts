import {
  accountApi,
  type Api,
  auditApi,
  authApi,
  organisationApi,
  securityApi,
  signatureApi,
  storageApi,
  supervisorApi,
  webhooksApi,
  workflowApi,
} from "@jinshui/contracts";

/** APIs whose operations with a route are served over HTTP at every site. */
export const SERVED_APIS: readonly Api[] = [
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
