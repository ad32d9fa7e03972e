/**
 * The layers of the library: the one table of who may import whom.
 *
 * A folder of src imports only from folders of lower rows, and from itself.
 */

/** From the top to the bottom. */
export const layers: readonly (readonly string[])[] = [
  ["manager"],
  ["pool"],
  ["process"],
  ["proxies"],
  ["channel", "map", "shared", "tasks"],
  ["sync"],
  ["functions"],
  ["codec"],
  ["parking"],
  ["owner"],
  ["memory"],
  ["platform"],
  ["runtime"],
  // A file, not a folder: every layer throws these.
  ["errors.ts"],
];

/** What only some places may mention in code; comments and strings are free. */
export const reserved: readonly {
  what: string;
  pattern: RegExp;
  where: RegExp;
}[] = [
  { what: "Deno", pattern: /\bDeno\b/, where: /^src\/runtime\// },
  { what: "Bun", pattern: /\bBun\b/, where: /^src\/runtime\// },
  { what: "process of Node", pattern: /\bglobalThis\.process\b/, where: /^src\/runtime\// },
  { what: "Atomics", pattern: /\bAtomics\b/, where: /^src\/memory\/words\.ts$/ },
  {
    what: "a C symbol",
    pattern:
      /\b(?:mmap|munmap|madvise|mprotect|memfd_create|ftruncate|fallocate|futex|prctl|pipe2|eventfd|syscall|shm_open|shm_unlink|sched_getaffinity|sched_yield|getppid|gettid|strerror|__errno_location)\b/,
    where: /^src\/platform\//,
  },
];

/** Modules of a runtime: only `src/runtime` imports them. */
export const runtimeModule = /^(?:node:|bun:|bun$|npm:koffi|koffi$)/;
