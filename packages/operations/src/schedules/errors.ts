import { DeployError } from '../errors.ts';

/** Thrown when an expression, a time zone or a parameter of a schedule can't be used. Nothing was changed. */
export class ScheduleUnusableError extends DeployError {
  readonly code = 'SCHEDULE_UNUSABLE';
  override readonly kind = 'usage';
}

/** Thrown when there is no schedule of a name. */
export class ScheduleUnknownError extends DeployError {
  readonly code = 'SCHEDULE_UNKNOWN';
  override readonly kind = 'usage';
  constructor(name: string, known: readonly string[]) {
    const others =
      known.length === 0 ? 'There is none at all: hartonomous schedule add' : `There are: ${known.join(', ')}.`;
    super(`There is no schedule ${name}.`, others);
  }
}

/** Thrown when a name is taken. */
export class ScheduleExistsError extends DeployError {
  readonly code = 'SCHEDULE_EXISTS';
  constructor(name: string) {
    super(
      `There is a schedule ${name}.`,
      `Choose another name, or first: hartonomous schedule remove ${name}. Nothing was changed.`,
    );
  }
}

/** Thrown when a schedule is to become due at once and is disabled. */
export class ScheduleDisabledError extends DeployError {
  readonly code = 'SCHEDULE_DISABLED';
  constructor(name: string) {
    super(
      `The schedule ${name} is disabled, so it can't become due.`,
      `First: hartonomous schedule enable ${name}. Nothing was changed.`,
    );
  }
}

/** Thrown while a schedule is worked on, when somebody else has it by now: this process was slow or away for longer than its lease. */
export class ScheduleLeaseLostError extends DeployError {
  readonly code = 'SCHEDULE_LEASE_LOST';
  constructor(name: string) {
    super(
      `The lease on the schedule ${name} has run out and somebody else has it, or it was removed.`,
      'Nothing needs to be done: what this process had done stays, and the other one does it again.',
    );
  }
}
