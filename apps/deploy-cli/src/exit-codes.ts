import type { Outcome } from '@hartonomous/operations/outcome';

/** What the process ends with. Scripts rely on these numbers: they are documented in the README and don't change. */
export const exitCodes = {
  done: 0,
  /** Something is missing or differs, or a server refused a statement. */
  failed: 1,
  /** The command line or the configuration is wrong; nothing was tried. */
  usage: 2,
  /** A server can't be reached, refuses the login, or doesn't answer in time. */
  unreachable: 3,
  /** A release failed, and so did going back to the one before: a person is needed. */
  needsPerson: 4,
  /** A dry run: nothing is wrong, and a deployment would change something. */
  pending: 10,
  /** Ended by SIGHUP, because its terminal is gone (128 + 1). */
  hungUp: 129,
  /** The reader of the output went before the end, as for any program that SIGPIPE ends (128 + 13). */
  readerGone: 141,
  /** Ended by SIGINT (128 + 2), SIGTERM has 143. */
  interrupted: 130,
  terminated: 143,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const ofOutcome = {
  ok: exitCodes.done,
  failed: exitCodes.failed,
  usage: exitCodes.usage,
  unreachable: exitCodes.unreachable,
} as const satisfies Readonly<Record<Outcome, ExitCode>>;

/** What a command ends with whose operation ended so. */
export function exitCodeOf(outcome: Outcome): ExitCode {
  return ofOutcome[outcome];
}

/**
 * What a dry run ends with, of every command that has one: 0 where the command would change nothing, 10 where it would, 1 where it would
 * stop or leave something wrong.
 */
export function exitCodeOfDryRun({
  changes,
  blocked = false,
}: {
  readonly changes: boolean;
  readonly blocked?: boolean;
}): ExitCode {
  if (blocked) return exitCodes.failed;
  return changes ? exitCodes.pending : exitCodes.done;
}
