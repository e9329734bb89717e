export { newFile, renamed } from "@jinshui/plugin-process-designer/steps";
