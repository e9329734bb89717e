import { date, none, some, text } from "../query.mjs";
import { taskFilters } from "./task.mjs";

/** Filters of tasks in history: those of open ones and their end. */
export function historicTaskFilters(host) {
  const filters = taskFilters(host);
  const running = (row) => host.isRunning(row.processInstanceId);
  return {
    ...filters,
    ...text("taskDeleteReason", "deleteReason"),
    ...date("taskCompleted", "endTime"),
    ...date("finished", "endTime"),
    ...date("started", "startTime"),
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
      HistoricTaskInstanceId: "id",
      DeleteReason: "deleteReason",
      TaskFollowUpDate: "followUpDate",
    },
  };
}
