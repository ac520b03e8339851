/** Base of every error that this package throws. */
abstract class TestSupportError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when a program doesn't come up. */
export class ServiceStartError extends TestSupportError {
  readonly code = 'SERVICE_START_FAILED';
  readonly service: string;

  /** @param output the last lines that it printed */
  constructor(service: string, reason: string, output: string) {
    const lines = output.trimEnd().split('\n').join('\n  ');
    super(`${service} did not start: ${reason}.${lines === '' ? '' : ` Its last lines:\n  ${lines}`}`);
    this.service = service;
  }
}

/** Thrown when a program says itself why it can't start; with its own code and words. */
export class ReportedFailureError extends TestSupportError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
