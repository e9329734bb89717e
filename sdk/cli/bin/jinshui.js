#!/usr/bin/env node
import { main } from "../dist/main.js";

// a reader such as head may have had enough
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
