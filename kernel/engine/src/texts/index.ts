export { problemText, type ProblemLanguage, problemTexts, type ToldProblem } from "./problem-text.js";
export type { ProblemSentence, ProblemTexts } from "./problem-texts.js";
