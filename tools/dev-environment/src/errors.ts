/** Thrown when a part of the environment does not come up. */
export class ServiceStartError extends Error {
  readonly code = 'SERVICE_START_FAILED';
  readonly service: string;

  constructor(service: string, reason: string, lines: readonly string[]) {
    super(`${service} did not start: ${reason}.${lines.length > 0 ? ` Its last lines:\n  ${lines.join('\n  ')}` : ''}`);
    this.name = 'ServiceStartError';
    this.service = service;
  }
}

/** Thrown when a command that the environment runs ends with a failure. */
export class CommandFailedError extends Error {
  readonly code = 'COMMAND_FAILED';

  constructor(command: string, exitCode: number | null) {
    super(`'${command}' ended with exit code ${exitCode}; what it printed is above.`);
    this.name = 'CommandFailedError';
  }
}

/** Thrown when the graph does not become equal to SQL in time. */
export class GraphBehindError extends Error {
  readonly code = 'GRAPH_BEHIND';

  constructor(seconds: number, difference: string) {
    super(`The graph is not equal to SQL after ${seconds} s: ${difference}. Look at the worker's log lines above.`);
    this.name = 'GraphBehindError';
  }
}

/** Thrown for a port that another program listens on. */
export class PortTakenError extends Error {
  readonly code = 'PORT_IN_USE';

  constructor(what: string, port: number) {
    super(
      `Port ${port} for ${what} is in use by another program. Stop that program, or choose another port with the options (see --help).`,
    );
    this.name = 'PortTakenError';
  }
}

/** Thrown when a file was dead-lettered instead of ingested. */
export class FileNotIngestedError extends Error {
  readonly code = 'FILE_NOT_INGESTED';

  constructor(file: string, reasonCode: string) {
    super(`${file} was dead-lettered: ${reasonCode}. Look at the log lines of ces-consumer above.`);
    this.name = 'FileNotIngestedError';
  }
}
