/** Signals by name and number, as Linux and macOS number those that both have alike. */

const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

/** The number of a signal, as in `9` for `"SIGKILL"`; 0 if the name is unknown. */
export function signalNumber(name: string): number {
  return NUMBERS[name] ?? 0;
}

/** The name of a signal, as in `"SIGKILL"` for 9. */
export function signalName(number: number): string {
  for (const [name, value] of Object.entries(NUMBERS)) if (value === number) return name;
  return `SIG${number}`;
}
