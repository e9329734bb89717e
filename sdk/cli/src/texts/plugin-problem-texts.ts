import type { PluginProblemCode } from "@jinshui/contracts/plugin-folder";

/** What can be wrong with a plugin's folder, in Chinese, by code; English is what the kernel logs. */
export const PLUGIN_PROBLEMS_CHINESE: Record<PluginProblemCode, string> = {
  "missing-file": "没有这个文件",
  "not-json": "不是正确的 JSON：{reason}",
  schema: "{path} {reason}",
  "kernel-name": "“{id}”是平台内核部件的名称，请换一个标识",
  "outside-name": "“{id}”是留给外部系统的名称（以“{beginning}”开头），请换一个标识",
  "data-version": "数据版本是 {version}，不可能只从 {readableFrom} 起可读",
  "foreign-permission": "权限“{id}”须以“{own}”开头",
  "view-collection": "视图“{view}”显示的数据集“{collection}”不存在",
  "view-element": "视图“{view}”须写明 element，并有 web 模块",
  "view-permission": "视图“{view}”所需的权限“{permission}”没有声明",
  "menu-view": "菜单项所指的视图“{view}”不存在",
  "not-built": "清单指明了它，但还没有：请先构建插件",
  "format-pattern": "“{pattern}”不是正则表达式",
  "format-example": "示例“{example}”不符合模式",
  "cases-of-op": "其中有操作“{op}”的用例，而该操作没有声明",
  "form-twice": "有两个表单的标识都是“{id}”",
  "no-field": "所指的字段“{field}”没有定义",
  "not-indexable": "“{field}”的类型是 {type}，不能作键或索引",
  "no-permission": "所需的权限“{permission}”没有声明",
  "search-hidden": "“{field}”可供查找，但并非人人可见全部内容；请在 display.search 中写别的字段",
  "board-field": "看板按“{field}”分列，但它的类型是 {type}，应为 enum",
  "calendar-field": "日历用到“{field}”，但它的类型是 {type}，应为 date 或 datetime",
  "chart-field": "图表不能这样使用“{field}”：它的类型是 {type}",
  "search-type": "“{field}”可供查找，但它的类型 {type} 没有文字",
  "tree-field": "tree 所指的字段“{field}”不是对本数据集的引用",
  "owner-person": "owner 所指的字段“{field}”不是人员",
  "owner-department": "owner 所指的字段“{field}”不是部门",
  "children-name": "下级“{children}”与一个字段同名",
  "children-collection": "下级“{children}”的数据集“{collection}”不存在",
  "children-field": "下级“{children}”：“{collection}”的“{field}”不是对本数据集的引用",
  "enum-options": "枚举“{field}”没有选项（options）",
  "reference-target": "引用“{field}”所指的数据集“{collection}”不存在",
  "serial-rule": "编号“{field}”没有写明编号规则（serial）",
  "decimal-scale": "小数“{field}”没有写明小数位数（scale）",
  "field-pattern": "“{field}”的模式不是正则表达式",
  "format-type": "“{field}”写了格式，但不是 string",
  "no-format": "“{field}”的格式“{format}”不存在",
  "format-plugin": "“{field}”的格式“{format}”属于插件 {plugin}，请在 requires.plugins 中写明需要它",
  "masked-type": "“{field}”要脱敏，但不是文字",
  "computed-more": "计算字段“{field}”不能必填、不能是编号，也不能有默认值",
  "serial-part": "“{field}”的编号中的“{part}”既不是日期也不是字段",
};

/** What the schema library says, in Chinese. */
const SCHEMA_CHINESE: readonly (readonly [RegExp, string])[] = [
  [/^must have required property '(.+)'$/, "缺少 {1}"],
  [/^must NOT have additional properties$/, "不认识这一项，请去掉或改正拼写"],
  [/^must be one of (.+)$/, "只能是 {1} 之一"],
  [/^must be (string|number|integer|boolean|object|array)$/, "类型须为 {1}"],
  [/^must be equal to constant$/, "不是规定的值"],
  [/^must match pattern "(.+)"$/, "须符合 {1}"],
  [/^must match format "(.+)"$/, "格式须为 {1}"],
  [/^must NOT have (?:fewer|less) than (\d+) (?:characters|items|properties)$/, "至少要 {1} 个"],
  [/^must NOT have more than (\d+) (?:characters|items|properties)$/, "最多 {1} 个"],
  [/^must be (<=|>=|<|>) (.+)$/, "须 {1} {2}"],
  [/^must match a schema in anyOf$/, "不符合任何一种写法"],
];

/** A reason of the schema library in Chinese; what is not known here stays as it is. */
export function schemaReason(reason: string): string {
  for (const [pattern, chinese] of SCHEMA_CHINESE) {
    const found = pattern.exec(reason);
    if (found) return chinese.replace(/\{(\d)\}/g, (_, group: string) => found[Number(group)] ?? "");
  }
  return reason;
}
