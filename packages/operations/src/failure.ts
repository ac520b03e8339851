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
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** An error as it is shown. */
export interface Failure {
  /** Stable name, for scripts. */
  readonly code: string;
  readonly message: string;
  /** What to do; null where the message already includes it. */
  readonly action: string | null;
  readonly exitCode: ExitCode;
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
    return { code: error.code, message: error.message, action: error.action, exitCode: error.exitCode };
  }
  if (
    error instanceof ConfigLoaderError ||
    error instanceof InvalidGraphOptionsError ||
    error instanceof UnknownLabelError
  ) {
    const action = error instanceof IntegratedSecurityUnavailableError ? useSqlLogin : null;
    const isAzure = [AzureAccessError, AzureIdentityError, AzureUnavailableError].some((kind) => error instanceof kind);
    const exitCode = isAzure ? exitCodes.unreachable : exitCodes.usage;
    return { code: error.code, message: error.message, action, exitCode };
  }
  if (error instanceof SequenceBehindError) {
    return { code: error.code, message: error.reason, action: error.action, exitCode: exitCodes.failed };
  }
  if (error instanceof BrokerError || error instanceof GraphSyncError) {
    const exitCode = unreachable.some((kind) => error instanceof kind) ? exitCodes.unreachable : exitCodes.failed;
    return { code: error.code, message: error.message, action: null, exitCode };
  }
  return undefined;
}
