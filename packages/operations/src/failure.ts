import {
  BrokerError,
  BrokerLoginError,
  BrokerTimeoutError,
  BrokerTlsError,
  BrokerUnavailableError,
  DatabaseUnavailableError,
} from '@hartonomous/broker-client';
import {
  AzureAccessError,
  AzureIdentityError,
  AzureUnavailableError,
  ConfigLoaderError,
  IntegratedSecurityUnavailableError,
} from '@hartonomous/config-loader';
import {
  GraphAuthError,
  GraphDatabaseNotFoundError,
  GraphSyncError,
  GraphTransientError,
  GraphUnavailableError,
  InvalidGraphOptionsError,
  UnknownLabelError,
} from '@hartonomous/graph-sync';
import { SequenceBehindError } from '@hartonomous/provenance-schema';
import { redactText } from '@hartonomous/redaction';
import { DeployError } from './errors.ts';
import type { FailureKind } from './outcome.ts';

/** An error as it is shown. */
export interface Failure {
  /** Stable name, for scripts. */
  readonly code: string;
  readonly message: string;
  /** What to do; null where the message already includes it. */
  readonly action: string | null;
  readonly kind: FailureKind;
}

const unreachable = [
  BrokerUnavailableError,
  BrokerLoginError,
  BrokerTlsError,
  BrokerTimeoutError,
  DatabaseUnavailableError,
  GraphUnavailableError,
  GraphAuthError,
  GraphTransientError,
  GraphDatabaseNotFoundError,
];

const useSqlLogin =
  'For this machine alone, set the environment variable ConnectionStrings__HartonomousDb to the changed connection string.';

/**
 * How an expected error is shown, without the secrets that servers and drivers may have put into their texts; undefined for one that
 * nobody expected, which is shown with its stack.
 */
export function failureOf(error: unknown): Failure | undefined {
  const failure = describe(error);
  return failure === undefined ? undefined : { ...failure, message: redactText(failure.message) };
}

function describe(error: unknown): Failure | undefined {
  if (error instanceof DeployError) {
    return { code: error.code, message: error.message, action: error.action, kind: error.kind };
  }
  if (
    error instanceof ConfigLoaderError ||
    error instanceof InvalidGraphOptionsError ||
    error instanceof UnknownLabelError
  ) {
    const action = error instanceof IntegratedSecurityUnavailableError ? useSqlLogin : null;
    const isAzure = [AzureAccessError, AzureIdentityError, AzureUnavailableError].some((kind) => error instanceof kind);
    return { code: error.code, message: error.message, action, kind: isAzure ? 'unreachable' : 'usage' };
  }
  if (error instanceof SequenceBehindError) {
    return { code: error.code, message: error.reason, action: error.action, kind: 'failed' };
  }
  if (error instanceof BrokerError || error instanceof GraphSyncError) {
    const isUnreachable = unreachable.some((kind) => error instanceof kind);
    return { code: error.code, message: error.message, action: null, kind: isUnreachable ? 'unreachable' : 'failed' };
  }
  return ofSystem(error);
}

const runAsOther = 'Run it as an account that may do that, for example with sudo.';

/** Its code is that of a full disk, too. */
const moreWatches = 'Raise the limit of watched files (sysctl fs.inotify.max_user_watches), or watch fewer.';

/** What the system refuses because of how the machine is, by its codes; and what to do, where that isn't in the code itself. */
const systemActions: Readonly<Record<string, string | null>> = {
  EACCES: runAsOther,
  EPERM: runAsOther,
  ENOSPC: 'Make room on that disk, and run it again.',
  EDQUOT: 'Make room, or have the quota raised, and run it again.',
  EFBIG: 'Make room, or have the quota raised, and run it again.',
  EROFS: 'That file system can only be read. Name another folder, or mount it so that it can be written.',
  EMFILE: 'Raise the limit of open files (ulimit -n), and run it again.',
  ENFILE: 'Raise the limit of open files (ulimit -n), and run it again.',
  EBUSY: null,
  EEXIST: null,
  EIO: 'See whether the disk or share is well (dmesg), and run it again.',
  EISDIR: null,
  ELOOP: null,
  ENAMETOOLONG: null,
  ENOENT: null,
  ENOTDIR: null,
  ENOTEMPTY: null,
  ESTALE: 'See whether the share is mounted, and run it again.',
  ETXTBSY: null,
};

/** A file, folder or program that isn't there or that the system refuses: a state of the machine, and no defect. */
function ofSystem(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const action = error.syscall === 'watch' ? moreWatches : systemActions[error.code];
  if (action === undefined) return undefined;
  return { code: 'SYSTEM_REFUSED', message: `The system refuses: ${error.message}.`, action, kind: 'failed' };
}
