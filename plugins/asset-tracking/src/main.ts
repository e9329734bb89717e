import { runPlugin } from "@jinshui/plugin";
import { AssetTracking } from "./asset-tracking.js";

await runPlugin(AssetTracking);
