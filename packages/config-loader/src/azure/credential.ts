import { escapeControls, redactText } from '@hartonomous/redaction';
import type { EnvironmentVariables } from '../environment-source.ts';
import { given } from '../given.ts';
import type { AzureOptions } from './azure-options.ts';
import { azurePackage } from './azure-package.ts';
import type { AzureSettings } from './azure-settings.ts';
import type { TokenCredential } from './token-credential.ts';

/**
 * The credential that the settings ask for: with Azure:UseManagedIdentity the identity of this machine and nothing
 * else, so that a broken agent is reported as such; otherwise the login that DefaultAzureCredential finds.
 */
export async function createCredential(
  settings: AzureSettings,
  env: EnvironmentVariables,
  options: AzureOptions,
): Promise<TokenCredential> {
  return await traced(await chooseCredential(settings, options), env, options);
}

/** A credential with the name that it has in the trace. */
export interface NamedCredential {
  readonly name: string;
  readonly credential: TokenCredential;
}

/** The credential itself, or, where the environment enables the trace, one that logs each request for a token. */
export async function traced(
  { name, credential }: NamedCredential,
  env: EnvironmentVariables,
  options: Pick<AzureOptions, 'trace'>,
): Promise<TokenCredential> {
  const trace = await startTrace(env, options);
  return trace === undefined ? credential : tracedCredential(name, credential, trace);
}

async function chooseCredential({ Azure }: AzureSettings, options: AzureOptions): Promise<NamedCredential> {
  if (options.credential !== undefined) return { name: 'the given credential', credential: options.credential };
  const { DefaultAzureCredential, ManagedIdentityCredential } = await azurePackage(
    '@azure/identity',
    () => import('@azure/identity'),
  );
  const retryOptions = { maxRetries: Azure.MaxRetries, retryDelayInMs: Azure.RetryDelayMs };
  return Azure.UseManagedIdentity
    ? {
        name: 'ManagedIdentityCredential',
        credential: new ManagedIdentityCredential({ ...given('clientId', Azure.ClientId), retryOptions }),
      }
    : { name: 'DefaultAzureCredential', credential: new DefaultAzureCredential({ retryOptions }) };
}

/**
 * Turns the trace on where AZURE_LOG_LEVEL or the older AZURE_IDENTITY_TRACE asks for it. The SDK itself acts on the
 * first one; for the second its identity lines are taken, at level info: verbose repeats them with every HTTP header.
 */
async function startTrace(
  env: EnvironmentVariables,
  { trace = (line) => void process.stderr.write(`${escapeControls(redactText(line))}\n`) }: Pick<AzureOptions, 'trace'>,
): Promise<((line: string) => void) | undefined> {
  const hasLevel = (env.AZURE_LOG_LEVEL ?? '') !== '';
  if (!hasLevel && !/^(true|1)$/i.test(env.AZURE_IDENTITY_TRACE?.trim() ?? '')) return undefined;
  if (!hasLevel) {
    const { AzureLogger, setLogLevel } = await azurePackage('@azure/logger', () => import('@azure/logger'));
    setLogLevel('info');
    AzureLogger.log = (...parts: unknown[]) => {
      const line = parts.map(String).join(' ');
      if (line.startsWith('azure:identity')) trace(`credential trace: ${line}`);
    };
  }
  return (line) => trace(`credential trace: ${line}`);
}

function tracedCredential(name: string, credential: TokenCredential, trace: (line: string) => void): TokenCredential {
  return {
    async getToken(scopes, options) {
      const resource = [scopes].flat().join(' ');
      trace(`${name} is asked for a token for ${resource}`);
      const start = performance.now();
      const took = () => `${Math.round(performance.now() - start)} ms`;
      try {
        const token = await credential.getToken(scopes, options);
        const until =
          token === null ? 'no token' : `a token valid until ${new Date(token.expiresOnTimestamp).toISOString()}`;
        trace(`${name} gave ${until} after ${took()}`);
        return token;
      } catch (error) {
        trace(
          `${name} failed after ${took()}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
        );
        throw error;
      }
    },
  };
}
