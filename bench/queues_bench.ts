/**
 * Queues and pipes, for `deno bench -A bench/queues_bench.ts`: there and back between two processes beside a thread that
 * is sent a message, and a thousand messages to oneself beside a `MessageChannel`. `queues.ts` has more rivals.
 */

import { type Connection, isMainProcess, pipe, Process, Queue } from "../mod.ts";
import { echoing } from "./rivals/echoing.ts";

interface Item {
  readonly id: number;
  readonly name: string;
}

const ITEM: Item = { id: 1, name: "an item" };
const COUNT = 1_000;

export function passOn(there: Queue<Item>, back: Queue<Item>): void {
  for (;;) back.putSync(there.getSync());
}

export function sendBack(end: Connection<Item, Item>): void {
  for (;;) end.sendSync(end.recvSync());
}

/** A thousand messages through a channel of the language, which all are told of one by one. */
function throughChannel(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    let rest = COUNT;
    port2.onmessage = () => {
      if (--rest > 0) return;
      port1.close();
      resolve();
    };
    for (let i = 0; i < COUNT; i++) port1.postMessage(ITEM);
  });
}

function register(): void {
  const [there, back] = [new Queue<Item>(), new Queue<Item>()];
  new Process(passOn, { args: [there, back], daemon: true }).start();
  const [near, far] = pipe<Item>();
  new Process(sendBack, { args: [far], daemon: true }).start();
  const group = "there and back";
  Deno.bench({ name: "message to a thread", group, baseline: true, fn: echoing(ITEM) });
  Deno.bench({
    name: "two queues and a process, awaited",
    group,
    async fn() {
      await there.put(ITEM);
      await back.get();
    },
  });
  Deno.bench({
    name: "two queues and a process, blocking",
    group,
    fn() {
      there.putSync(ITEM);
      back.getSync();
    },
  });
  Deno.bench({
    name: "a pipe and a process, blocking",
    group,
    fn() {
      near.sendSync(ITEM);
      near.recvSync();
    },
  });

  const own = new Queue<Item>();
  const many = "1,000 messages";
  Deno.bench({ name: "MessageChannel", group: many, baseline: true, fn: throughChannel });
  Deno.bench({
    name: "Queue, awaited",
    group: many,
    async fn() {
      for (let i = 0; i < COUNT; i++) await own.put(ITEM);
      for (let i = 0; i < COUNT; i++) await own.get();
    },
  });
  Deno.bench({
    name: "Queue, blocking",
    group: many,
    fn() {
      for (let i = 0; i < COUNT; i++) own.putSync(ITEM);
      for (let i = 0; i < COUNT; i++) own.getSync();
    },
  });
}

if (isMainProcess()) register();
