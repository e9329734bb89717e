/** Properties of rows that queries filter and order by, and the names that filters have for them. */
export const words = (text) => text.split(" ");
export const EXECUTION = words(
  "id processInstanceId rootProcessInstanceId executionId processDefinitionId processDefinitionKey processDefinitionName processDefinitionVersion deploymentId businessKey businessStatus name suspended active ended superProcessInstanceId parentId activityId tenantId startTime startUserId caseInstanceId",
);
export const TASK = words(
  "id name description assignee owner priority dueDate followUpDate category createTime taskDefinitionKey processInstanceId executionId activityInstanceId processDefinitionId processDefinitionKey processDefinitionName parentTaskId suspended active tenantId endTime deleteReason startTime duration formKey delegationState businessKey processInstanceBusinessKey caseInstanceId",
);
export const TASK_NAMES = {
  taskId: "id",
  taskName: "name",
  taskDescription: "description",
  taskAssignee: "assignee",
  taskOwner: "owner",
  taskPriority: "priority",
  priority: "priority",
  taskCategory: "category",
  due: "dueDate",
  dueDate: "dueDate",
  taskDueDate: "dueDate",
  followUp: "followUpDate",
  taskCreateTime: "createTime",
  created: "createTime",
  taskCreated: "createTime",
  createdOn: "createTime",
  taskDefinitionKey: "taskDefinitionKey",
  processInstanceBusinessKey: "processInstanceBusinessKey",
  taskDeleteReason: "deleteReason",
  taskParentTaskId: "parentTaskId",
  taskTenantId: "tenantId",
  activityInstanceId: "activityInstanceId",
  historicActivityInstanceStartTime: "startTime",
  historicTaskInstanceEndTime: "endTime",
  historicTaskInstanceStartTime: "startTime",
  taskFormKey: "formKey",
};
export const ACTIVITY = words(
  "id activityId activityName activityType executionId processInstanceId processDefinitionId processDefinitionKey startTime endTime durationInMillis canceled deleteReason tenantId assignee taskId calledProcessInstanceId finished unfinished completeScope order activityInstanceId",
);
export const ACTIVITY_NAMES = {
  activityInstanceId: "id",
  startedBy: "startUserId",
  taskAssignee: "assignee",
  historicActivityInstanceStartTime: "startTime",
  historicActivityInstanceEndTime: "endTime",
  started: "startTime",
  startedOn: "startTime",
  occurrence: "order",
  activityInstanceStartTime: "startTime",
  activityInstanceEndTime: "endTime",
};
export const INSTANCE_HISTORY = words(
  "id processInstanceId rootProcessInstanceId processDefinitionId processDefinitionKey processDefinitionName processDefinitionVersion deploymentId businessKey businessStatus name startTime endTime durationInMillis deleteReason startActivityId endActivityId superProcessInstanceId startUserId state finished unfinished deleted notDeleted active suspended completed tenantId",
);
export const VARIABLE = words(
  "id name variableName value processInstanceId executionId activityInstanceId processDefinitionId processDefinitionKey taskId createTime lastUpdatedTime typeName state",
);
export const JOB = words(
  "id duedate dueDate retries exceptionMessage suspended exclusive tenantId processInstanceId executionId processDefinitionId processDefinitionKey activityId elementId elementName handlerType jobType priority active executable jobDefinitionId",
);
