/** Base of the errors of this package. */
export abstract class ApplicationInsightsError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown for a connection string that can't be used. Its text, which has the key, is not in the message. */
export class ConnectionStringInvalidError extends ApplicationInsightsError {
  readonly code = 'APPLICATION_INSIGHTS_CONNECTION_STRING_INVALID';
  readonly retryable = false;
  constructor(problem: string) {
    super(`The connection string of Application Insights can't be used: ${problem}.`);
  }
}
