import { historyService } from "./history.mjs";
import { formService, identityService, managementService, repositoryService } from "./other.mjs";
import { runtimeService } from "./runtime.mjs";
import { taskService } from "./task.mjs";

/** The services of a vendor's engine over a host. */
export function services(host) {
  return {
    runtime: runtimeService(host),
    task: taskService(host),
    history: historyService(host),
    repository: repositoryService(host),
    management: managementService(host),
    form: formService(host),
    identity: identityService(host),
  };
}
