import { unsupported } from '../../unsupported.ts';
import { formatType } from './format-type.ts';
import type { SqlType } from './sql-type.ts';

let current = false;

/** SET NUMERIC_ROUNDABORT, by which conversions and arithmetic are compiled now. */
export function isRoundAbort(): boolean {
  return current;
}

/**
 * Compiles by a session's SET NUMERIC_ROUNDABORT. It is needed at the bottom of every expression, by code that has no
 * session; `work` must not wait for anything, as other sessions would then work by it.
 */
export function underRoundAbort<T>(isOn: boolean, work: () => T): T {
  if (isOn === current) return work();
  const before = current;
  current = isOn;
  try {
    return work();
  } finally {
    current = before;
  }
}

/**
 * With NUMERIC_ROUNDABORT ON a loss of digits is an error. Where it isn't documented what counts as one, the statement is
 * refused before it runs.
 *
 * @throws {SqlError} 40000
 */
export function refuseRoundAbort(what: string): void {
  if (current) unsupported(`${what} under SET NUMERIC_ROUNDABORT ON`);
}

/** The same for a conversion. @throws {SqlError} 40000 */
export function refuseRoundAbortOf(from: SqlType, to: SqlType): void {
  if (current) refuseRoundAbort(`the conversion of ${formatType(from)} to ${formatType(to)}`);
}
