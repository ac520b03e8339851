/** What a suite's run found. */
export interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  /** Names of the tests that failed. */
  readonly failures: readonly string[];
}

/** A test suite that others wrote for their own client. */
export interface Suite {
  readonly name: string;
  /** What is left out and why; told before it runs. */
  readonly leftOut?: string;
  /** Batches that make the database `App` what the suite's makers ask for. */
  readonly preparation: readonly string[];
  /** @throws {Error} when it could not be installed or run */
  run(target: Target): Promise<Outcome>;
}

/** The emulator that a suite runs against; the database is `App`, the login `sa`. */
export interface Target {
  readonly port: number;
  readonly password: string;
}
