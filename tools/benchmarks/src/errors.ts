/** Base of every error of the benchmarks. */
abstract class BenchmarkError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when `--only` names nothing that there is. */
export class UnknownBenchmarkError extends BenchmarkError {
  readonly code = 'UNKNOWN_BENCHMARK';

  constructor(names: readonly string[], known: readonly string[]) {
    super(`There is no benchmark ${names.join(', ')}. Known are: ${known.join(', ')}.`);
  }
}

/** Thrown when a built package is to be measured and there is none. */
export class BuildMissingError extends BenchmarkError {
  readonly code = 'BUILD_MISSING';

  constructor(file: string) {
    super(`${file} does not exist, so what is built cannot be measured. Run 'pnpm build' first.`);
  }
}

/** Thrown when a benchmark did not do the work that it is to measure. */
export class WorkMissingError extends BenchmarkError {
  readonly code = 'WORK_MISSING';

  constructor(what: string, expected: number, actual: number) {
    super(`${what}: expected ${expected}, got ${actual}. Its figure would mean nothing.`);
  }
}

/** Thrown when a worker that is measured ends, or makes no progress any more. */
export class WorkerStalledError extends BenchmarkError {
  readonly code = 'WORKER_STALLED';

  constructor(what: string, lines: string) {
    super(`The worker ${what}. It last printed:\n${lines}`);
  }
}
