/**
 * How an operation failed, as far as a caller acts on it. `usage`: what was asked for can't be done, and nothing was tried;
 * `unreachable`: a server can't be reached, refuses the login, or doesn't answer in time; `failed`: everything else.
 */
export type FailureKind = 'failed' | 'usage' | 'unreachable';

/** How an operation ended. */
export type Outcome = 'ok' | FailureKind;

/** Lightest first. */
const weights: readonly Outcome[] = ['ok', 'failed', 'usage', 'unreachable'];

/** The gravest of several outcomes: a server that can't be reached before something that is wrong on another. `ok` for none. */
export function gravest(outcomes: Iterable<Outcome>): Outcome {
  let found: Outcome = 'ok';
  for (const outcome of outcomes) if (weights.indexOf(outcome) > weights.indexOf(found)) found = outcome;
  return found;
}
