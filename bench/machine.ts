/** What machine this is, as far as it matters to a figure. */

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** One line. */
export function machineText(): string {
  const model = /^(?:model name|Model)\s*:\s*(.+)$/m.exec(read("/proc/cpuinfo"))?.[1];
  const gibibytes = Deno.systemMemoryInfo().total / 2 ** 30;
  return [
    model ?? Deno.build.arch,
    `${navigator.hardwareConcurrency} processors`,
    `${gibibytes.toFixed(0)} GiB`,
    `Linux ${Deno.osRelease()}`,
    // Other programs spoil every figure: this should be near 0 when the first bench begins.
    `load ${Deno.loadavg()[0].toFixed(2)}`,
  ].join(", ");
}
