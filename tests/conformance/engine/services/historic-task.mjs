import { none, some } from "../query.mjs";
import { taskFilters } from "./task.mjs";

/** Filters of tasks in history: those of open ones and their end. */
export function historicTaskFilters(host) {
  const filters = taskFilters(host);
  const running = (row) => host.isRunning(row.processInstanceId);
  return {
    ...filters,
    taskDeleteReason: (reason) => (row) => row.deleteReason === reason,
    finished: some("endTime"),
    unfinished: none("endTime"),
    processFinished: () => (row) => !running(row),
    processUnfinished: () => running,
    activityInstanceIdIn: filters.activityInstanceIdIn,
    $orders: {
      ...filters.$orders,
      HistoricTaskInstanceStartTime: "startTime",
      HistoricTaskInstanceEndTime: "endTime",
      HistoricTaskInstanceDuration: "durationInMillis",
      HistoricActivityInstanceStartTime: "startTime",
    },
  };
}
