/** Thrown when a program doesn't come up. */
export class ServiceStartError extends Error {
  readonly code = 'SERVICE_START_FAILED';
  readonly service: string;

  /** @param output the last lines that it printed */
  constructor(service: string, reason: string, output: string) {
    const lines = output.trimEnd().split('\n').join('\n  ');
    super(`${service} did not start: ${reason}.${lines === '' ? '' : ` Its last lines:\n  ${lines}`}`);
    this.name = 'ServiceStartError';
    this.service = service;
  }
}

/** Thrown when a program says itself why it can't start; with its own code and words. */
export class ReportedFailureError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ReportedFailureError';
    this.code = code;
  }
}
