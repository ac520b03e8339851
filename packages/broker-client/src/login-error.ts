import { EventEmitter } from 'node:events';
import { isErrorSeverity } from './batch-cause.ts';

/** What SQL Server said when it refused a login. */
export interface LoginError {
  readonly number: number;
  readonly message: string;
}

/** By the error that tedious fails a connection with: it has the last message's text only, and no number. */
const loginErrors = new WeakMap<object, LoginError>();

/**
 * Keeps the first error that the server sends during a login: it is the cause. A database that can't be opened (4060) is
 * followed by a refused login (18456).
 *
 * @param connection of tedious, before it connects; anything else is left alone: errors of msnodesqlv8 have their numbers
 */
export function watchLogin(connection: unknown): void {
  if (!(connection instanceof EventEmitter)) return;
  let first: LoginError | undefined;
  const note = ({ number, message, class: severity }: LoginError & { readonly class: number }) => {
    if (isErrorSeverity(severity)) first ??= { number, message };
  };
  const retry = () => {
    first = undefined;
  };
  connection
    .on('errorMessage', note)
    // tedious tries again after some numbers; what counts is why the last attempt failed.
    .on('retry', retry)
    .once('connect', (error?: unknown) => {
      if (typeof error === 'object' && error !== null && first !== undefined) loginErrors.set(error, first);
      connection.off('errorMessage', note).off('retry', retry);
    });
}

/** What the server said first, for an error that a login failed with, however often it is wrapped. */
export function loginErrorOf(error: unknown): LoginError | undefined {
  let current = error;
  for (let depth = 0; depth < 16 && typeof current === 'object' && current !== null; depth += 1) {
    const found = loginErrors.get(current);
    if (found !== undefined) return found;
    current = Reflect.get(current, 'originalError') ?? Reflect.get(current, 'cause');
  }
  return undefined;
}
