import type { CommandTexts } from "../command-texts.js";

/** What `check` says: each finding with what to do. */
export const checkTexts: CommandTexts = {
  "zh-CN": {
    "check.fits": "全部符合要求",
    "check.fitsButFor": "可以使用，另有 {n} 处建议",
    "check.warning": "建议：",
    "check.syntax": "不是正确的程序：{reason}",
    "import.program": "引用了 {module}：插件不能启动程序或线程，请去掉",
    "import.network": "引用了 {module}：插件的服务只能访问消息总线，请改用平台的接口",
    "import.write": "引用了 {module} 的 {name}：插件不能写文件，请存为记录（storage）或附件",
    "import.outside": "引用了插件目录以外的 {module}：打包后不会存在，请移入本目录",
    "import.otherPlugin": "引用了另一个插件 {module}：请改用它提供的操作（grants.plugins）",
    "import.kernel": "引用了平台内部的 {module}：插件只能使用 @jinshui/plugin 和 @jinshui/contracts",
    "import.kernelOnly": "引用了 {module}，它只属于平台内核：请改用 @jinshui/plugin 中的 Storage、Workflow、Auth",
    "import.noBrowser": "页面引用了 {module}，浏览器中没有它：请把这部分移到服务中",
    "import.notOfPage": "页面引用了 {module}：页面只能使用 @jinshui/web 和 @jinshui/contracts",
    "import.vaadin": "页面引用了 {module}：请改用 @jinshui/web/form，全站共用一份组件",
    "declared.op": '清单声明了操作“{name}”，但没有方法标注 @op("{name}")：请实现它，或从 provides.ops 中去掉',
    "declared.job": '清单声明了作业“{name}”，但没有方法标注 @job("{name}")：请实现它，或从 contributes.jobs 中去掉',
    "declared.event":
      '清单订阅了事件“{name}”，但没有方法标注 @on("{name}")：请实现它，或从 grants.events.subscribe 中去掉',
    "undeclared.op": '@op("{name}") 没有写入清单：请在 provides.ops 中声明',
    "undeclared.job": '@job("{name}") 没有写入清单：请在 contributes.jobs 中声明',
    "undeclared.event": '@on("{name}") 没有写入清单：请在 grants.events.subscribe 中声明',
    "event.ofOther": "订阅的“{event}”来自插件 {plugin}：请在 requires.plugins 中写明需要它",
    "grant.missing": '使用了 {api}，但清单没有申请：请在 grants.apis 中加上 "{api}"',
    "grant.unused": "申请了 {api}，但服务没有使用：请从 grants.apis 中去掉，少申请一项就少一分风险",
    "licence.none": "依赖 {name} {version} 没有写明许可证：请换用写明的",
    "licence.refused": "依赖 {name} {version} 的许可证是 {licence}，不在允许之列（{allowed}）：请换用其他的",
    "bundle.copy": "打包进了 {module}：全站共用一份，请在打包配置中把它列为 external",
    "bundle.tag": "自行定义了标签：请只导出类，由外壳定义标签",
    "bundle.notShared": "引用了 {module}，外壳没有提供它：请打包进来；外壳提供的有 {shared}",
    "bundle.large":
      '共 {size} KB，超过预算 {limit} KB：请减小；确有必要时在 package.json 中写 "budgets": { "{budget}": … }',
  },
  en: {
    "check.fits": "everything fits",
    "check.fitsButFor": "it can be used; {n} things could be better",
    "check.warning": "advice: ",
    "check.syntax": "is no correct program: {reason}",
    "import.program": "imports {module}: a plugin starts no programs or threads; leave it out",
    "import.network": "imports {module}: a plugin's service reaches nothing but the bus; use the platform's APIs",
    "import.write": "imports {name} of {module}: a plugin writes no files; keep it as records (storage) or attachments",
    "import.outside": "imports {module} from outside of the plugin's folder: it is not in the package; move it in",
    "import.otherPlugin": "imports another plugin, {module}: use the operations it offers (grants.plugins)",
    "import.kernel": "imports {module} of the platform's inside: a plugin has @jinshui/plugin and @jinshui/contracts",
    "import.kernelOnly":
      "imports {module}, which is the kernel's alone: use Storage, Workflow and Auth of @jinshui/plugin",
    "import.noBrowser": "the page imports {module}, which no browser has: move this to the service",
    "import.notOfPage": "the page imports {module}: pages have @jinshui/web and @jinshui/contracts",
    "import.vaadin": "the page imports {module}: use @jinshui/web/form, of which the site has one copy",
    "declared.op":
      'the manifest names the operation "{name}", but no method has @op("{name}"): write it, or take it out of provides.ops',
    "declared.job":
      'the manifest names the job "{name}", but no method has @job("{name}"): write it, or take it out of contributes.jobs',
    "declared.event":
      'the manifest subscribes to "{name}", but no method has @on("{name}"): write it, or take it out of grants.events.subscribe',
    "undeclared.op": '@op("{name}") is not in the manifest: declare it in provides.ops',
    "undeclared.job": '@job("{name}") is not in the manifest: declare it in contributes.jobs',
    "undeclared.event": '@on("{name}") is not in the manifest: declare it in grants.events.subscribe',
    "event.ofOther": 'subscribes to "{event}" of the plugin {plugin}: say in requires.plugins that it is needed',
    "grant.missing": 'uses {api}, which the manifest does not ask for: add "{api}" to grants.apis',
    "grant.unused": "asks for {api}, which its service does not use: take it out of grants.apis, less is safer",
    "licence.none": "the dependency {name} {version} states no licence: take one that does",
    "licence.refused":
      "the dependency {name} {version} is under {licence}, which is none of {allowed}: take another one",
    "bundle.copy":
      "contains a copy of {module}: the site has one for all; name it external in the bundler's configuration",
    "bundle.tag": "defines a tag; export the class and let the shell define it",
    "bundle.notShared": "imports {module}, which the shell does not give: bundle it; the shell gives {shared}",
    "bundle.large":
      'has {size} KB, more than the budget of {limit} KB: make it smaller, or where it must be so, write "budgets": { "{budget}": … } in package.json',
  },
};
