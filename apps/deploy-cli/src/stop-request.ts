import type { ExitCode } from './exit-codes.ts';

/** Reason of the signal when the process is asked to stop. */
export class StopRequest {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode) {
    this.exitCode = exitCode;
  }
}
