// Runs one of our TypeScript tools on Node 20, which cannot strip types by itself:
// `node tools/run.js tools/build.ts`. Vite does it, and Vite is here anyway.
import { runnerImport } from "vite";

const [tool] = process.argv.slice(2);
const { module } = await runnerImport(new URL(`../${tool}`, import.meta.url).pathname, {
  configFile: false,
});
await module.main();
