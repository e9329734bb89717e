import { addTexts, provideFeel, setLanguage } from "@jinshui/web";
import { applyPreferences, readPreferences } from "./frame/preferences.js";
import { installPurifier } from "./frame/trusted-types.js";
import { shellTexts } from "./texts/shell-texts.js";

addTexts(shellTexts);
const preferences = readPreferences();
setLanguage(preferences.language);
applyPreferences(preferences);
installPurifier();
provideFeel(async () => (await import("@jinshui/feel")).jsonEvaluator());
await import("./frame/app.js");
