import { LocalFileTroubleError } from '../errors.ts';

/** Codes that say something of this machine alone: too many open files or threads, no memory. They pass, and no file is to blame. */
const machineCodes: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ERR_WORKER_INIT_FAILED']);

/** Codes of a disk or a share that is away or failing; for one file they may stay. */
const deviceCodes: ReadonlySet<string> = new Set([
  'EIO',
  'EBUSY',
  'ESTALE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTCONN',
]);

/** An error of the file system that doesn't say that the file is absent, or not to be read, and so says nothing of it; else undefined. */
export function fileSystemTrouble(error: unknown): LocalFileTroubleError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const isMachine = machineCodes.has(error.code);
  return isMachine || deviceCodes.has(error.code)
    ? new LocalFileTroubleError(error.code, !isMachine, error)
    : undefined;
}
