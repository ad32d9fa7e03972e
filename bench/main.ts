/**
 * `deno task bench [part of a name]… [--rounds N] [--parts A,B]`: the figures, each beside its rival. What they mean
 * is in README.md. Everything is shown and also kept in .cache/bench.md.
 */

import { defaultFolder } from "./demo/default_folder.ts";
import { launchFlags } from "./launch.ts";
import { machineText } from "./machine.ts";
import { cache, denoConfig } from "../tests/gate/paths.ts";
import { locate, pinned } from "../tests/gate/runtimes.ts";
import { type RuntimeName, runtimeNames } from "../tests/support/runtime.ts";

interface Bench {
  /** Its file here. */
  readonly script: string;
  /** What it asks. */
  readonly question: string;
  /** Where it runs; those that compare runtimes start them by themselves, from Deno. */
  readonly on: readonly RuntimeName[];
  /** Whether it takes a number of rounds. */
  readonly rounds?: true;
  /** Whether it takes names of its parts. */
  readonly parts?: true;
}

const benches: readonly Bench[] = [
  {
    script: "pool_scaling.ts",
    question: "What does a second worker bring?",
    on: runtimeNames,
    rounds: true,
    parts: true,
  },
  {
    script: "peers/compare.ts",
    question: "How does our pool compare with others, and with Python's?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "processes.ts",
    question: "What does a process cost beside its bare runtime?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "wake.ts",
    question:
      "How fast is a sleeping event loop woken, and what does a wake cost if nobody sleeps?",
    on: runtimeNames,
  },
  {
    script: "mapped_loop.ts",
    question: "Is a loop over mapped memory as fast as over ordinary memory?",
    on: runtimeNames,
  },
  {
    script: "arrays.ts",
    question: "What do shared arrays cost, to pass, to make, to fill and to loop over?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "locks.ts",
    question: "What do locks cost, alone and handed over, beside bare atomics, C and Python?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "maps.ts",
    question: "How fast is a shared map, beside a dict in Python's manager and a plain Map?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "managers.ts",
    question: "How fast is a manager's dict, beside Python's?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "queues.ts",
    question: "How many messages a second, how soon, and how many bytes, beside other channels?",
    on: ["deno"],
    rounds: true,
  },
  {
    script: "codec.ts",
    question: "How fast do values cross, beside other serialisers?",
    on: runtimeNames,
  },
];

const kept: string[] = [];

function say(text: string): void {
  console.log(text);
  kept.push(text);
}

async function runBench({ script, rounds, parts }: Bench, runtime: RuntimeName) {
  const located = await locate(runtime);
  if ("reason" in located) return say(`skipped on ${runtime}: ${located.reason}`);
  const path = new URL(script, import.meta.url).pathname;
  const args = [
    ...(rounds && givenRounds !== undefined ? [givenRounds] : []),
    ...(parts && givenParts !== undefined ? givenParts.split(",") : []),
  ];
  const child = new Deno.Command(located.program, {
    args: [...launchFlags[runtime], path, ...args],
    stdout: "piped",
  }).spawn();
  say(`\`\`\`text\non ${runtime} ${pinned[runtime]}`);
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    const text = decoder.decode(chunk, { stream: true });
    await Deno.stdout.write(chunk);
    kept.push(text.replace(/\n$/, ""));
  }
  const { code } = await child.status;
  if (code !== 0) {
    say(`FAILED with exit code ${code}`);
    Deno.exitCode = 1;
  }
  say("```\n");
}

const given = [...Deno.args];

/** Takes an option and its value out of what was given. */
function option(name: string): string | undefined {
  const at = given.indexOf(`--${name}`);
  return at < 0 ? undefined : given.splice(at, 2)[1];
}

const givenRounds = option("rounds");
const givenParts = option("parts");
const chosen = benches.filter(({ script }) =>
  given.length === 0 || given.some((part) => script.includes(part))
);
// Fetched before anything is timed; one of the benches hashes them.
await defaultFolder();
const { name, version } = denoConfig();
say(`# Figures of ${name} ${version}\n\n${new Date().toISOString()}, ${machineText()}\n`);
for (const bench of chosen) {
  say(`## ${bench.script}\n\n${bench.question}\n`);
  for (const runtime of bench.on) await runBench(bench, runtime);
}
Deno.mkdirSync(cache, { recursive: true });
Deno.writeTextFileSync(`${cache}bench.md`, kept.join("\n"));
