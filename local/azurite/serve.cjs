// Azurite's table service alone, as a child of the stack: any free port, one JSON line when ready,
// and every write saved before it ends. Azurite's own table/main.js loses up to 5 s of writes on
// SIGTERM, does not tell the port it got, and outlives its parent.
"use strict";
const { createRequire, enableCompileCache } = require("node:module");
const { join } = require("node:path");
const { parseArgs } = require("node:util");

const text = { type: "string" };
const { values } = parseArgs({
  options: { modules: text, state: text, port: text, "die-with-parent": { type: "boolean" } },
});
enableCompileCache(join(values.modules, "compiled")); // a third of what a start costs is compiling
const load = createRequire(join(values.modules, "package.json"));
// Half of what would be loaded is for Azurite's telemetry, which nobody here starts.
const telemetry = createRequire(load.resolve("azurite/package.json")).resolve("applicationinsights");
require.cache[telemetry] = { id: telemetry, filename: telemetry, loaded: true, exports: {} };
const Configuration = load("azurite/dist/src/table/TableConfiguration").default;
const Server = load("azurite/dist/src/table/TableServer").default;
load("azurite/dist/src/common/Logger").configLogger(false);

// Longer than any client keeps a connection: as in Azure, the client is the one to close it.
const KEEP_ALIVE_SECONDS = 3600;
const file = join(values.state, "tables.json");
const server = new Server(
  new Configuration("127.0.0.1", Number(values.port ?? 0), KEEP_ALIVE_SECONDS, file, false, false),
);

let stopping = false;
async function stop() {
  if (stopping) return; // told twice: a second close would fail before the first has saved
  stopping = true;
  await server.close();
  process.exit(0);
}

server.start().then(
  () => {
    process.once("SIGINT", stop).once("SIGTERM", stop);
    if (values["die-with-parent"]) process.stdin.once("end", stop).resume();
    const port = Number(new URL(server.getHttpServerAddress()).port);
    console.log(JSON.stringify({ ready: true, port }));
  },
  (why) => {
    console.error(`Azurite: ${why.message}`);
    process.exit(1);
  },
);
