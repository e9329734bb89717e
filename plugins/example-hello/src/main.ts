import { runPlugin } from "@jinshui/plugin";
import { ExampleHello } from "./example-hello.js";

await runPlugin(ExampleHello);
