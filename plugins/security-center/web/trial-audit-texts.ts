/** Words for what is audited of trials and releases of processes: action, Chinese, English. */
export const trialActions: readonly (readonly [string, string, string])[] = [
  ["publish-form", "发布表单", "Publish a form"],
  ["import-draft", "导入流程草稿", "Import a draft of a process"],
  ["release-version", "发布流程版本", "Release a version of a process"],
  ["save-scenario", "保存测试场景", "Keep a scenario"],
  ["remove-scenario", "删除测试场景", "Remove a scenario"],
  ["migrate", "变更流程版本", "Move to another version"],
  ["workflow.saveScenario", "保存测试场景", "Keep a scenario"],
  ["workflow.removeScenario", "删除测试场景", "Remove a scenario"],
  ["workflow.releaseVersion", "发布流程版本", "Release a version of a process"],
  ["workflow.saveForm", "保存表单草稿", "Save a draft of a form"],
  ["workflow.publishForm", "发布表单", "Publish a form"],
  ["workflow.importDefinition", "导入流程", "Import a process"],
];
