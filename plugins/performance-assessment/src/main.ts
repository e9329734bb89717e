import { runPlugin } from "@jinshui/plugin";
import { PerformanceAssessment } from "./performance-assessment.js";

await runPlugin(PerformanceAssessment);
