import { type SqlError, unsupportedConstruct } from '../../errors.ts';
import type { SetOptions } from './set-options.ts';

/**
 * Errors after which SQL Server does not go on with the next statement of the batch, although XACT_ABORT is off; inside
 * TRY they doom the open transaction. Everything else of severity 11 to 16 ends its statement only.
 * Source: Microsoft's documentation of SET XACT_ABORT and TRY...CATCH, and the conversion errors' known behaviour.
 */
const batchAborting = new Set([
  235, 241, 242, 244, 245, 248, 295, 296, 1204, 1205, 3609, 3616, 3930, 3960, 3998, 6335, 6359, 8114, 8169,
]);

/** XML that can't be parsed ends the batch, whatever is wrong with it. Source: as others have seen it of SQL Server 2025. */
function endsBatch(number: number): boolean {
  return batchAborting.has(number) || (number >= 9400 && number <= 9480);
}

/** Name resolution happens when a statement is compiled: a TRY block of the same module does not catch these. */
const resolution = new Set([207, 208, 209, 4104, 137, 1087]);

/** True when the rest of the batch does not run after this error. */
export function abortsBatch(error: SqlError, xactAbort: boolean): boolean {
  return xactAbort || endsBatch(error.number) || resolution.has(error.number) || error.severity >= 17;
}

/** Run-time errors of a data change after which SQL Server sends message 3621 too. Source: behaviour of SQL Server 2022. */
const terminating = new Set([220, 232, 512, 515, 530, 547, 1205, 1222, 2601, 2627, 2628, 8115, 8134, 8152]);

/** Divisions by zero and overflows, which SET ANSI_WARNINGS and SET ARITHABORT are about. */
const arithmetic = new Set([220, 232, 8115, 8134]);

type ArithmeticOptions = Pick<SetOptions, 'ansiWarnings' | 'arithAbort'>;

/**
 * True for such an error while ANSI_WARNINGS is OFF: the batch ends and its transaction is rolled back. Source: Microsoft's
 * documentation of SET ARITHABORT.
 */
export function abortsByArithmetic(error: SqlError, { ansiWarnings }: ArithmeticOptions): boolean {
  return !ansiWarnings && arithmetic.has(error.number);
}

/** The error as it is reported: 40000 where ARITHABORT is OFF too, as the result would be NULL then. */
export function reportedError(error: SqlError, options: ArithmeticOptions): SqlError {
  if (options.arithAbort || !abortsByArithmetic(error, options)) return error;
  return unsupportedConstruct(
    'NULL for arithmetic errors under SET ANSI_WARNINGS OFF and SET ARITHABORT OFF',
    error.line,
  );
}

/** True for errors that are followed by "The statement has been terminated." when a data change failed with them. */
export function terminatesStatement(error: SqlError): boolean {
  return terminating.has(error.number);
}

/** True when an open transaction can only be rolled back after this error was caught. */
export function doomsTransaction(error: SqlError, xactAbort: boolean): boolean {
  return (xactAbort && error.severity >= 11) || endsBatch(error.number);
}

/** True for errors of compiling a statement, which only a TRY block of an outer module catches. */
export function isResolutionError(error: SqlError): boolean {
  return resolution.has(error.number);
}
