/** What is computed to see how a pool scales: nothing here waits, reads or allocates much. */

/** The work that everybody knows. */
export function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** How many primes there are among the `RANGE` numbers from `first` on. */
export function countPrimes(first: number): number {
  let count = 0;
  for (let n = first; n < first + RANGE; n++) if (isPrime(n)) count++;
  return count;
}

/** How many numbers {@linkcode countPrimes} looks at. */
export const RANGE = 2_000;

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}

/** Width and height of a small picture of the Mandelbrot set, in points. */
export const SIDE = 256;
/** Width and height of a large one. */
export const LARGE_SIDE = 1_024;
const MOST_STEPS = 500;

/** One row of a small picture: after how many steps each point has left. Rows in the middle take longest. */
export function mandelbrotRow(y: number): Uint16Array {
  return mandelbrot(y, SIDE);
}

/** One row of a large picture. */
export function largeMandelbrotRow(y: number): Uint16Array {
  return mandelbrot(y, LARGE_SIDE);
}

function mandelbrot(y: number, side: number): Uint16Array {
  const steps = new Uint16Array(side);
  const imaginary = (y / side) * 2.5 - 1.25;
  for (let x = 0; x < side; x++) {
    const real = (x / side) * 3 - 2.25;
    let a = 0;
    let b = 0;
    let step = 0;
    for (; step < MOST_STEPS && a * a + b * b < 4; step++) {
      const next = a * a - b * b + real;
      b = 2 * a * b + imaginary;
      a = next;
    }
    steps[x] = step;
  }
  return steps;
}

/** Rows and columns of the matrices. */
export const ORDER = 320;

/** Rows `from` to `to` of `c = a × b`; the three are shared arrays, row by row. */
export function multiplyRows(
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    for (let j = 0; j < ORDER; j++) c[i * ORDER + j] = 0;
    for (let k = 0; k < ORDER; k++) {
      const factor = a[i * ORDER + k];
      for (let j = 0; j < ORDER; j++) c[i * ORDER + j] += factor * b[k * ORDER + j];
    }
  }
}

/** Computes in so many rounds; the result depends on all of them. */
export function turnAround(rounds: number): number {
  let state = 1;
  for (let i = 0; i < rounds; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  return state;
}

/** How many rounds of {@linkcode turnAround} take a microsecond here. */
export function roundsPerMicrosecond(): number {
  turnAround(1e6);
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    turnAround(1e6);
    best = Math.min(best, performance.now() - start);
  }
  return 1e3 / best;
}
