/** Severity from which SQL Server calls a message an error; below are warnings and information. */
const leastErrorSeverity = 11;

/**
 * The error that a batch failed with first. SQL Server goes on after many errors, so later ones follow from the first (229 for
 * a RECEIVE, then 8418 because no handle was received); the drivers throw the last and hand on the others in
 * `precedingErrors`.
 *
 * @returns the first error of severity 11 or more; `error` itself where there is none, or where it is the driver's own: a
 *   time-out or a lost connection is what ended the batch, whatever the server had said before
 */
export function batchCause(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (typeof Reflect.get(error, 'number') !== 'number') return error;
  const preceding: unknown = Reflect.get(error, 'precedingErrors');
  const all = Array.isArray(preceding) ? [...preceding, error] : [error];
  return all.find(isServerError) ?? error;
}

/** Whether a message of SQL Server with this severity is an error; msnodesqlv8 may not know the severity of one. */
export function isErrorSeverity(severity: unknown): boolean {
  return typeof severity !== 'number' || severity >= leastErrorSeverity;
}

function isServerError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return typeof Reflect.get(error, 'number') === 'number' && isErrorSeverity(Reflect.get(error, 'class'));
}
