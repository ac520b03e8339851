import type { SettingFact } from '../database/setting-facts.ts';
import { failureOf } from '../failure.ts';
import type { Fix } from '../fix.ts';
import type { Outcome } from '../outcome.ts';
import type { Fact } from '../queues/queue-facts.ts';
import { whyOf } from './why.ts';

/** One thing that was looked at. */
export interface Finding {
  /** Stable name, for scripts: `broker.enabled`, `queue.leaked.dbo.Neo4jSyncQueue`. */
  readonly id: string;
  /**
   * `warning`: nothing stands still because of it, and a person should know. `unseen`: this login or this machine can't see it, so it is
   * called neither well nor wrong. Only a problem makes a diagnosis end otherwise than well.
   */
  readonly state: 'ok' | 'warning' | 'problem' | 'unseen';
  readonly message: string;
  /** What follows from it; null where the message says so, or where all is well. */
  readonly why: string | null;
  /** What to do; null where there is nothing to do. */
  readonly action: string | null;
  /** What `hartonomous doctor --fix` does about it; null where that needs a person. */
  readonly fix: Fix | null;
  /** How an operation that found this ends. */
  readonly outcome: Outcome;
}

/** Something that is as it should be. */
export function fine(id: string, message: string): Finding {
  return { id, state: 'ok', message, why: null, action: null, fix: null, outcome: 'ok' };
}

/** Something to know. */
export function warning(id: string, message: string, action: string | null = null, fix: Fix | null = null): Finding {
  return { id, state: 'warning', message, why: whyOf(id), action, fix, outcome: 'ok' };
}

/** Something that is wrong. */
export function problem(id: string, message: string, action: string | null, fix: Fix | null = null): Finding {
  return { id, state: 'problem', message, why: whyOf(id), action, fix, outcome: 'failed' };
}

/**
 * Something that can't be seen from here.
 *
 * @param what in words that go on after "Not seen: "
 */
export function unseen(id: string, what: string, action: string | null = null): Finding {
  const text = what.replace(/^Not seen:? /, '');
  return { id, state: 'unseen', message: `Not seen: ${text}`, why: null, action, fix: null, outcome: 'ok' };
}

/** A fact that other commands report in the same words. */
export function ofFact({ id, message, action, fix }: Fact): Finding {
  return action === null ? fine(id, message) : problem(id, message, action, fix ?? null);
}

/** A setting that other commands report in the same words. */
export function ofSetting({ id, severity, message, action, fix }: SettingFact): Finding {
  if (severity === 'ok') return fine(id, message);
  if (severity === 'unseen') return unseen(id, message, action);
  return severity === 'warning' ? warning(id, message, action, fix ?? null) : problem(id, message, action, fix ?? null);
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
  const { code, message, action, kind } = failure;
  const text = `${code}: ${message}`;
  return { ...problem(id, text, action ?? advice), outcome: kind };
}
