import type { LifecycleState } from './lifecycle-state.ts';

/** Base of every error that this package throws. `code` is stable; `retryable` says whether the same call may succeed later. */
export abstract class WorkerHostError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the lifecycle is asked for a step that its present state doesn't allow, for example a second start. */
export class IllegalTransitionError extends WorkerHostError {
  readonly code = 'ILLEGAL_TRANSITION';
  readonly from: LifecycleState;
  readonly to: LifecycleState;
  constructor(from: LifecycleState, to: LifecycleState, allowed: readonly LifecycleState[]) {
    const next = allowed.length === 0 ? 'it is final' : `from there only: ${allowed.join(', ')}`;
    super(`A worker that is ${from} can't become ${to}; ${next}. Create a new WorkerHost to run again.`);
    this.from = from;
    this.to = to;
  }
}

/** Thrown when another process already listens on the health address. */
export class HealthPortInUseError extends WorkerHostError {
  readonly code = 'HEALTH_PORT_IN_USE';
  readonly host: string;
  readonly port: number;
  constructor(host: string, port: number, cause: unknown) {
    super(
      `Health port ${port} on ${host} is in use, perhaps by another worker on this machine. ` +
        'Give this worker a port of its own (health.port), or 0 for any free one.',
      { cause },
    );
    this.host = host;
    this.port = port;
  }
}

/** Thrown when the health address can't be listened on for another reason than a port in use. */
export class HealthListenError extends WorkerHostError {
  readonly code = 'HEALTH_LISTEN_FAILED';
  readonly host: string;
  readonly port: number;
  constructor(host: string, port: number, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    super(
      `The health server can't listen on ${host}:${port} (${reason}). ` +
        'Check that the address belongs to this machine and that the port needs no administrator rights.',
      { cause },
    );
    this.host = host;
    this.port = port;
  }
}

/** Thrown when an option of this package has a value that it can't have. `problems` names each one. */
export class InvalidHostOptionsError extends WorkerHostError {
  readonly code = 'INVALID_HOST_OPTIONS';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The worker host can't start with these options: ${problems.join('; ')}.`);
    this.problems = problems;
  }
}

/** What a forced stop is reported with: the drain was still going on at the deadline or at a second signal. */
export class StopForcedError extends WorkerHostError {
  readonly code = 'STOP_FORCED';
  readonly reason: string;
  constructor(reason: string) {
    super(
      `The worker was stopped by force (${reason}) before it had finished what it had in hand. ` +
        'Nothing is lost: an unfinished batch is rolled back and received again at the next start.',
    );
    this.reason = reason;
  }
}

/** Thrown when the command line can't be understood. */
export class UsageError extends WorkerHostError {
  readonly code = 'USAGE';
}

/** Thrown when the folder given with --config has no appsettings.json. */
export class SettingsFolderError extends WorkerHostError {
  readonly code = 'SETTINGS_FOLDER';
  readonly folder: string;
  constructor(folder: string) {
    super(
      `There is no appsettings.json in ${folder}. Give --config the folder that holds it, or leave --config out to use ` +
        "the worker's own files and environment variables.",
    );
    this.folder = folder;
  }
}
