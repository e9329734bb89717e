import { commonTexts } from "./texts/common.js";
import { refusalTexts } from "./texts/refusals.js";
import { addTexts } from "./texts/text.js";

addTexts(commonTexts);
addTexts(refusalTexts);

export { askToSignInAgain, callPlugin, client, send, sessionBegan, SIGNED_OUT } from "./api-client.js";
export { block, JinshuiElement } from "./base-element.js";
export { controls } from "./controls.js";
export { departmentTitles, peopleNames } from "./directory.js";
export { EmptyNote } from "./elements/empty-note.js";
export { ErrorNote } from "./elements/error-note.js";
export { announce, Messages } from "./elements/messages.js";
export { askReason, confirmed, type Question, QuestionDialog } from "./elements/question.js";
export { closeLiveEvents, CONNECTION, type LiveEvent, onLiveEvent, openLiveEvents } from "./live-events.js";
export { oneAtATime } from "./one-at-a-time.js";
export { nameSite, pageTitle } from "./page-title.js";
export { pageAddress, PluginPage } from "./plugin-page.js";
export { type PageInput, type PageOf, Pages } from "./pages.js";
export { saveText, separatedValues } from "./save-text.js";
export { commonTexts } from "./texts/common.js";
export { describeError, type DescribedError } from "./texts/describe-error.js";
export { dateTime, money, remaining, type Remaining, shortDateTime } from "./texts/format.js";
export { addTexts, type Dictionary, hasText, type Language, language, local, setLanguage, t } from "./texts/text.js";
export { downloadFile } from "./transfer.js";
export { uploadFile, type UploadOptions, type UploadProgress } from "./upload.js";
export type { Workbench, WorkbenchCard } from "./workbench.js";
