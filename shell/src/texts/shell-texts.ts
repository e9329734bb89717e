import type { Dictionary, Language } from "@jinshui/web";
import { processTexts } from "./process-texts.js";

/** Texts of the shell's own pages. */
export const shellTexts: Record<Language, Dictionary> = {
  "zh-CN": {
    "nav.workbench": "工作台", "nav.tasks": "待办事项", "nav.mine": "我发起的", "nav.start": "发起事项", "nav.archives": "归档查询", "nav.people": "组织人员", "nav.instances": "全部办件", "nav.processes": "流程导入", "nav.plugins": "插件管理",
    "group.common": "常用", "group.business": "业务", "group.administration": "行政", "group.management": "管理",
    "frame.skip": "跳到正文", "frame.navigation": "主导航", "frame.notices": "通知", "frame.noNotices": "没有新的通知", "frame.readAll": "全部已读", "frame.me": "个人设置", "frame.signOut": "退出登录", "frame.theme": "主题", "frame.size": "字号", "frame.language": "语言", "frame.fold": "收起", "frame.noPage": "没有这个页面。",
    "theme.system": "跟随系统", "theme.light": "浅色", "theme.dark": "深色", "size.normal": "标准", "size.large": "大", "size.largest": "特大",
    "signIn.username": "用户名", "signIn.password": "密码", "signIn.submit": "登录", "signIn.demo": "演示账号（点击填入）",
    "notice.task": "待办：{step}", "notice.returned": "被退回：{step}", "notice.finished": "已办结", "notice.incident": "流程异常，需要处理",
    "workbench.figures": "今日概况", "workbench.todo": "待办", "workbench.overdue": "已超期", "workbench.today": "今日到期", "workbench.running": "我发起的在办", "workbench.done": "我已办理", "workbench.allTasks": "全部 {n} 项", "workbench.more": "更多", "workbench.noTasks": "没有待办事项", "workbench.noMine": "还没有发起过事项", "workbench.shortcuts": "常用功能",
    "task.matter": "事项", "task.title": "标题", "task.applicant": "申请人", "task.step": "当前环节", "task.arrived": "送达", "task.completed": "办结于", "task.due": "剩余时限", "task.action": "办理结果", "task.claimed": "已签收", "task.search": "按标题、编号、申请人查找", "task.todo": "待我办理", "task.done": "我已办理", "task.noneDone": "还没有办理过事项", "task.assignee": "办理人", "task.form": "表单", "task.diagram": "流程图", "task.history": "办理记录", "task.wholeMatter": "查看全程", "task.actions": "办理", "task.opinion": "意见", "task.opinionMissing": "请填写意见", "task.claim": "签收", "task.release": "退签", "task.notYours": "此待办当前由他人办理。", "task.cancelled": "此待办已取消。",
    "actionName.complete": "办结", "actionName.approve": "同意", "actionName.submit": "提交", "actionName.handover": "发放", "actionName.confirm": "确认", "actionName.return": "退回", "actionName.reject": "驳回", "actionName.withdraw": "撤回申请",
    "instance.search": "按标题、编号查找", "instance.number": "受理编号", "instance.started": "发起时间", "instance.ended": "办结时间", "instance.state": "状态", "instance.none": "没有办件", "instance.stuck": "流程在此处出现异常，已停止等待处理。",
    "state.active": "办理中", "state.completed": "已办结", "state.cancelled": "已取消", "state.incident": "异常",
    "start.imported": "本局导入", "start.fromPlugin": "插件提供", "start.version": "第 {n} 版", "start.none": "没有可以发起的事项", "start.title": "发起：{title}", "start.form": "填写", "start.noForm": "此事项没有表单，直接提交即可发起。", "start.send": "提交", "start.diagram": "流程图",
    "history.started": "发起", "history.task-claimed": "签收", "history.task-completed": "办理", "history.task-cancelled": "取消", "history.job-completed": "系统办理", "history.timer-fired": "到时", "history.incident": "异常", "history.incident-resolved": "重新执行", "history.completed": "办结", "history.cancelled": "取消", "history.set": "{title}：{after}",
    "archive.search": "按标题、编号、申请人查找", "archive.none": "没有归档的事项", "archive.intact": "档案完整", "archive.broken": "档案内容与封存时不一致",
    "people.search": "按姓名查找", "people.name": "姓名", "people.department": "部门", "people.positions": "岗位",
    "plugin.running": "运行中", "plugin.starting": "正在启动", "plugin.draining": "正在停止", "plugin.disabled": "未启用", "plugin.failed": "异常，稍后自动重试", "plugin.quarantined": "已隔离", "plugin.invalid": "不能使用", "plugin.process": "进程 {pid} · 内存 {memory} MB · 自动重启 {restarts} 次", "plugin.problem": "原因：", "plugin.log": "最近日志", "plugin.restart": "重新启动", "plugin.by-file": "按配置", "plugin.by-administrator": "管理员设定", "plugin.working": "正在切换……", "plugin.absent": "功能未启用",
    ...processTexts["zh-CN"],
  },
  en: {
    "nav.workbench": "Workbench", "nav.tasks": "Tasks", "nav.mine": "Started by me", "nav.start": "Start a matter", "nav.archives": "Archive", "nav.people": "People", "nav.instances": "All matters", "nav.processes": "Import processes", "nav.plugins": "Plugins",
    "group.common": "Common", "group.business": "Business", "group.administration": "Administration", "group.management": "Management",
    "frame.skip": "Skip to content", "frame.navigation": "Main navigation", "frame.notices": "Notices", "frame.noNotices": "No notices", "frame.readAll": "Mark all read", "frame.me": "My settings", "frame.signOut": "Sign out", "frame.theme": "Theme", "frame.size": "Text size", "frame.language": "Language", "frame.fold": "Fold", "frame.noPage": "There is no such page.",
    "theme.system": "System", "theme.light": "Light", "theme.dark": "Dark", "size.normal": "Normal", "size.large": "Large", "size.largest": "Largest",
    "signIn.username": "User name", "signIn.password": "Password", "signIn.submit": "Sign in", "signIn.demo": "Demo accounts (click to fill in)",
    "notice.task": "To do: {step}", "notice.returned": "Returned: {step}", "notice.finished": "Finished", "notice.incident": "A process is stuck",
    "workbench.figures": "Today", "workbench.todo": "To do", "workbench.overdue": "Overdue", "workbench.today": "Due today", "workbench.running": "Mine under way", "workbench.done": "Done by me", "workbench.allTasks": "All {n}", "workbench.more": "More", "workbench.noTasks": "Nothing to do", "workbench.noMine": "Nothing started yet", "workbench.shortcuts": "Shortcuts",
    "task.matter": "Matter", "task.title": "Title", "task.applicant": "Applicant", "task.step": "Step", "task.arrived": "Arrived", "task.completed": "Done at", "task.due": "Time left", "task.action": "Result", "task.claimed": "claimed", "task.search": "Find by title, number, applicant", "task.todo": "To do", "task.done": "Done by me", "task.noneDone": "Nothing done yet", "task.assignee": "Handled by", "task.form": "Form", "task.diagram": "Process", "task.history": "History", "task.wholeMatter": "Whole matter", "task.actions": "Actions", "task.opinion": "Opinion", "task.opinionMissing": "An opinion is needed", "task.claim": "Claim", "task.release": "Release", "task.notYours": "Somebody else is on this task.", "task.cancelled": "This task was cancelled.",
    "actionName.complete": "Completed", "actionName.approve": "Approved", "actionName.submit": "Submitted", "actionName.handover": "Handed over", "actionName.confirm": "Confirmed", "actionName.return": "Returned", "actionName.reject": "Rejected", "actionName.withdraw": "Withdrawn",
    "instance.search": "Find by title or number", "instance.number": "Number", "instance.started": "Started", "instance.ended": "Ended", "instance.state": "State", "instance.none": "No matters", "instance.stuck": "The process is stuck here and waits for help.",
    "state.active": "under way", "state.completed": "finished", "state.cancelled": "cancelled", "state.incident": "stuck",
    "start.imported": "imported", "start.fromPlugin": "from a plugin", "start.version": "version {n}", "start.none": "No matter can be started", "start.title": "Start: {title}", "start.form": "Form", "start.noForm": "This matter has no form; submit to start it.", "start.send": "Submit", "start.diagram": "Process",
    "history.started": "started", "history.task-claimed": "claimed", "history.task-completed": "done", "history.task-cancelled": "cancelled", "history.job-completed": "done by the system", "history.timer-fired": "time came", "history.incident": "stuck", "history.incident-resolved": "tried again", "history.completed": "finished", "history.cancelled": "cancelled", "history.set": "{title}: {after}",
    "archive.search": "Find by title, number, applicant", "archive.none": "Nothing archived", "archive.intact": "intact", "archive.broken": "not what was sealed",
    "people.search": "Find by name", "people.name": "Name", "people.department": "Department", "people.positions": "Positions",
    "plugin.running": "running", "plugin.starting": "starting", "plugin.draining": "stopping", "plugin.disabled": "off", "plugin.failed": "failed, will be tried again", "plugin.quarantined": "quarantined", "plugin.invalid": "unusable", "plugin.process": "process {pid} · {memory} MB · restarted {restarts} times", "plugin.problem": "Reason: ", "plugin.log": "Last log lines", "plugin.restart": "Start again", "plugin.by-file": "by file", "plugin.by-administrator": "switched", "plugin.working": "Working…", "plugin.absent": "Not enabled",
    ...processTexts.en,
  },
};
