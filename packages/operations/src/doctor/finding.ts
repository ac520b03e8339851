import type { SettingFact } from '../database/setting-facts.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import type { Fact } from '../queues/queue-facts.ts';

/** One thing that was looked at. */
export interface Finding {
  /** Stable name, for scripts: `broker.enabled`, `queue.leaked.dbo.Neo4jSyncQueue`. */
  readonly id: string;
  /** `warning`: nothing stands still because of it, and a person should know. Only a problem changes the exit code. */
  readonly state: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do; null where there is nothing to do. */
  readonly action: string | null;
  /** How a command that found this ends. */
  readonly exitCode: ExitCode;
}

/** Something that is as it should be. */
export function fine(id: string, message: string): Finding {
  return { id, state: 'ok', message, action: null, exitCode: exitCodes.done };
}

/** Something to know. */
export function warning(id: string, message: string, action: string | null = null): Finding {
  return { id, state: 'warning', message, action, exitCode: exitCodes.done };
}

/** Something that is wrong. */
export function problem(id: string, message: string, action: string | null): Finding {
  return { id, state: 'problem', message, action, exitCode: exitCodes.failed };
}

/** A fact that other commands report in the same words. */
export function ofFact({ id, message, action }: Fact): Finding {
  return action === null ? fine(id, message) : problem(id, message, action);
}

/** A setting that other commands report in the same words. */
export function ofSetting({ id, severity, message, action }: SettingFact): Finding {
  if (severity === 'ok') return fine(id, message);
  return severity === 'warning' ? warning(id, message, action) : problem(id, message, action);
}

/**
 * An error as a finding.
 *
 * @param advice what to do, where the error itself doesn't say it
 * @returns undefined for an error that nobody expected
 */
export function findingOf(id: string, error: unknown, advice: string | null): Finding | undefined {
  const failure = failureOf(error);
  if (failure === undefined) return undefined;
  const { code, message, action, exitCode } = failure;
  return { id, state: 'problem', message: `${code}: ${message}`, action: action ?? advice, exitCode };
}
