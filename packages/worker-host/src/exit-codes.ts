/**
 * What the exit code of a worker process means to its service manager.
 *
 * - `clean` 0: asked to stop (or finished), drained everything, closed everything.
 * - `failed` 1: could not start, or stopped because of an error.
 * - `usage` 2: the command line can't be understood, as with shells and argument parsers.
 * - `forced` 3: asked to stop, but the drain was cut off at the deadline or by a second signal. Unfinished work was
 *   rolled back.
 */
export const exitCodes = { clean: 0, failed: 1, usage: 2, forced: 3 } as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
