/** A worker of workerpool. */
import process from "node:process";
import echo, { echoEach } from "./echo.ts";

const { default: workerpool } = await import(process.env.WORKERPOOL!) as {
  default: { worker(methods: object): void };
};
workerpool.worker({ echo, echoEach });
