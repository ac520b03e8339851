/** How many times larger the second input is. */
const factor = 8;

/**
 * Most times that the second input may cost more. In proportion it would be 8, with the square of it 64. What lies between is caches,
 * collections of garbage, and compilation.
 */
const mostGrowth = 24;

/** Least cost of the first input that counts, in milliseconds of the thread's own processor time: below it a measure is noise. */
const leastCostMs = 2;

/** Options of {@link expectLinear}. */
export interface LinearOptions {
  /** Pieces of the first input; the second has eight times as many. @default 2000 */
  readonly pieces?: number;
}

/**
 * Throws unless `work` costs in proportion to the size of its input: an input of many pieces against one of eight times as many, in
 * processor time of this thread, which no other load of the machine changes.
 *
 * @param inputOf makes the input of so many pieces; not measured
 */
export function expectLinear<Input>(
  inputOf: (pieces: number) => Input,
  work: (input: Input) => unknown,
  { pieces = 2_000 }: LinearOptions = {},
): void {
  const small = costOf(inputOf(pieces), work);
  const large = costOf(inputOf(pieces * factor), work);
  if (large <= mostGrowth * Math.max(small, leastCostMs)) return;
  throw new Error(
    `${pieces} pieces cost ${small.toFixed(1)} ms and ${factor} times as many ${large.toFixed(1)} ms: that is not in proportion.`,
  );
}

/** The least of three, so that compiling and collecting garbage are in none of them. */
function costOf<Input>(input: Input, work: (input: Input) => unknown): number {
  const costs = [1, 2, 3].map(() => {
    const before = process.threadCpuUsage();
    work(input);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}
