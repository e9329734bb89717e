const { BPMNServer, CacheManager, DefaultAppDelegate, ScriptHandler } = await loaded();

/**
 * The npm package bpmn-server without MongoDB: instances stay in its own cache, writing does nothing, tasks are signalled
 * without a search, and it does not log. All of that is in its favour; it still sleeps at each step, and reads the model for
 * each instance.
 * @param {import("./models.mjs").BenchModel} model in the dialect `bpmn-server`
 * @returns {Promise<import("./contenders.mjs").Contender>}
 */
export async function bpmnServer({ id, xml, variables, tasks, written }) {
  server ??= newServer();
  sources.set(id, xml);
  const start = () => server.engine.start(id, { ...variables });
  const run = async () => {
    const instance = await start();
    let done = 0;
    for (;;) {
      if (written) JSON.stringify(instance.getState());
      const task = instance.getItems().find(({ status }) => status === "wait");
      if (!task) break;
      done += 1;
      await instance.signalItem(task.id, {});
    }
    if (instance.status !== "end" || done !== tasks) throw new Error(`${id}: ${done} of ${tasks}, ${instance.status}`);
  };
  return {
    run,
    async elements() {
      let count = 0;
      const enter = () => (count += 1);
      server.listener.on("enter", enter);
      await run();
      server.listener.off("enter", enter);
      return count;
    },
    hold: start,
    written: (instance) => JSON.stringify(instance.getState()),
  };
}

/** One for all models, as it keeps itself in a static field. */
let server;
const sources = new Map();

function newServer() {
  const nothing = async () => undefined;
  const configuration = {
    definitions: () => ({ getSource: async (id) => sources.get(id), getSVG: nothing }),
    appDelegate: (owner) => new DefaultAppDelegate(owner),
    dataStore: () => ({ saveInstance: nothing, locker: { lock: nothing, release: nothing } }),
    cacheManager: (owner) => new CacheManager(owner),
    scriptHandler: () => new ScriptHandler(),
  };
  return quietly(() => new BPMNServer(configuration, silent(), { cron: false }));
}

/** It swallows uncaught exceptions of the whole process, which would hide ours. */
async function loaded() {
  const before = process.listeners("uncaughtException");
  const { default: module } = await import("bpmn-server");
  for (const listener of process.listeners("uncaughtException"))
    if (!before.includes(listener)) process.off("uncaughtException", listener);
  return module;
}

function silent() {
  const quiet = ["log", "logS", "logE", "info", "debug", "warn", "saveForInstance"].map((name) => [
    name,
    () => undefined,
  ]);
  const fail = (message) => {
    throw new Error(String(message));
  };
  return { ...Object.fromEntries(quiet), error: fail, reportError: fail };
}

/** It greets on standard output, where `--json` goes. */
function quietly(work) {
  const { log } = console;
  console.log = () => undefined;
  try {
    return work();
  } finally {
    console.log = log;
  }
}
