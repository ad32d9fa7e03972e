/** The child of `fork.ts`. */

import process from "node:process";
import { partner } from "./partner.ts";

partner({
  post: (message) => void process.send!(message),
  listen: (listener) => void process.on("message", listener),
});
