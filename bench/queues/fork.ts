/** The channel of `fork()` between two processes; the last line printed is JSON. */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { measure } from "./partner.ts";

const child = fork(fileURLToPath(new URL("./fork_partner.ts", import.meta.url)), {
  // What a user takes who sends typed arrays.
  serialization: "advanced",
});
const figures = await measure({
  post: (message) => void child.send(message as object),
  listen: (listener) => void child.on("message", listener),
});
child.kill();
console.log(JSON.stringify(figures));
