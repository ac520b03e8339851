import { AtomizerError, TemporaryFileError } from '@hartonomous/atomizers';
import { BrokerError, firstFailure } from '@hartonomous/broker-client';
import { ConsumerError, RefusedFileError } from './errors.ts';

/** Why a file goes to the dead letters. */
export interface Refusal {
  readonly reasonCode: string;
  readonly reasonText: string;
  /** The error, where it is a defect of this worker or of an atomizer. */
  readonly defect: unknown;
}

/**
 * Numbers of SQL Server's errors that are about the values it was given, so that the same file fails the same way:
 * conversion (245, 8114), NULL where none may be (515), a constraint (547, 2601, 2627), too long (2628, 8152), out of range
 * (8115).
 */
const dataErrors = new Set([245, 515, 547, 2601, 2627, 2628, 8114, 8115, 8152]);

/** Thrown by dbo.sp_WriteIngestedSlice for a tenant that has gone since the file was begun with. */
const tenantUnknown = 51_033;

/**
 * Whether an error is the file's own, and what to say of it; `null` for errors of a server or this machine, which say nothing of the
 * file.
 *
 * @throws the signal's reason when it is aborted: then the error says nothing at all
 */
export function refusalOf(thrown: unknown, signal: AbortSignal): Refusal | null {
  signal.throwIfAborted();
  const error = firstFailure(thrown);
  if (error instanceof RefusedFileError) {
    return { reasonCode: error.reasonCode, reasonText: error.message, defect: null };
  }
  if (error instanceof ConsumerError && error.retryable) return null;
  if (error instanceof TemporaryFileError) return null;
  if (error instanceof AtomizerError) return { reasonCode: error.code, reasonText: error.message, defect: null };
  if (error instanceof BrokerError) {
    const { number, message } = error;
    if (number === tenantUnknown) return { reasonCode: 'TENANT_UNKNOWN', reasonText: message, defect: null };
    if (number === undefined || !dataErrors.has(number)) return null;
    return { reasonCode: 'SQL_REFUSED', reasonText: message, defect: null };
  }
  const text = error instanceof Error ? error.message : String(error);
  return {
    reasonCode: 'UNEXPECTED',
    reasonText: `A defect, not a property of the file: ${text}. The worker's log has more.`,
    defect: error,
  };
}
