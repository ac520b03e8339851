import { describeHolder, type PortHolder } from './port-holder.ts';

/** Base of every error of the environment. */
abstract class DevEnvironmentError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when a command that the environment runs ends with a failure. */
export class CommandFailedError extends DevEnvironmentError {
  readonly code = 'COMMAND_FAILED';

  constructor(command: string, exitCode: number | null) {
    super(`'${command}' ended with exit code ${exitCode}; what it printed is above.`);
  }
}

/** Thrown when the graph does not become equal to SQL in time. */
export class GraphBehindError extends DevEnvironmentError {
  readonly code = 'GRAPH_BEHIND';

  constructor(seconds: number, difference: string) {
    super(`The graph is not equal to SQL after ${seconds} s: ${difference}. Look at the worker's log lines above.`);
  }
}

/** Thrown when atoms don't get their vectors in time. */
export class EmbeddingsBehindError extends DevEnvironmentError {
  readonly code = 'EMBEDDINGS_BEHIND';

  constructor(seconds: number, jobs: number, vectors: number, inGraph: number) {
    super(
      `After ${seconds} s ${jobs} embedding jobs wait, and of ${vectors} vectors ${inGraph} are in the graph. ` +
        "Look at the generator's log lines above.",
    );
  }
}

/** Thrown when the API doesn't answer as it should. */
export class PageCheckError extends DevEnvironmentError {
  readonly code = 'PAGE_CHECK_FAILED';

  constructor(path: string, status: number, text: string) {
    super(`The API answers ${path} with ${status}: ${text.slice(0, 300)}`);
  }
}

/** Thrown when a part of the running environment ends of itself. */
export class ServiceEndedError extends DevEnvironmentError {
  readonly code = 'SERVICE_ENDED';
  readonly service: string;

  constructor(service: string, how: string) {
    super(`${service} ended with ${how}. Everything else is stopped; what it last logged is above.`);
    this.service = service;
  }
}

/** Thrown when the program that reads this one's output has gone. */
export class OutputClosedError extends DevEnvironmentError {
  readonly code = 'OUTPUT_CLOSED';

  constructor(cause: unknown) {
    super('What read the output has ended, so nothing could be shown any more. Everything is stopped.', { cause });
  }
}

/** Thrown for a port that another program listens on. */
export class PortTakenError extends DevEnvironmentError {
  readonly code = 'PORT_IN_USE';

  /** @param holder the program that listens there; absent where it can't be seen */
  constructor(what: string, port: number, holder?: PortHolder) {
    super(`Port ${port} for ${what} is in use by ${describeHolder(holder)}`);
  }
}

/** Thrown when a file was dead-lettered instead of ingested. */
export class FileNotIngestedError extends DevEnvironmentError {
  readonly code = 'FILE_NOT_INGESTED';

  constructor(file: string, reasonCode: string) {
    super(`${file} was dead-lettered: ${reasonCode}. Look at the log lines of ces-consumer above.`);
  }
}
