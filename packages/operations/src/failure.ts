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
  return undefined;
}
