import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import type { ConfigurationSource } from '../configuration-source.ts';
import type { EnvironmentVariables } from '../environment-source.ts';
import { AzureAccessError, AzureIdentityError, AzureUnavailableError, ConfigLoaderError } from '../errors.ts';
import { AppConfigurationReader } from './app-configuration-reader.ts';
import { readAppConfigurationSources } from './app-configuration-source.ts';
import type { AzureOptions } from './azure-options.ts';
import { type AzureSettings, runbookSecretKeys } from './azure-settings.ts';
import { createCredential } from './credential.ts';
import { readKeyVaultSource } from './key-vault-source.ts';
import { VaultReader } from './vault-reader.ts';

/** One hop on the way from this machine to settings in Azure. */
export interface AzureHop {
  /**
   * `agent`: the Arc agent of this machine; `host`: name, route and TLS of a service; `token`: what the identity gets; `role`: whether
   * the service shows it anything; `secret`: a setting that a secret holds.
   */
  readonly hop: 'agent' | 'host' | 'token' | 'role' | 'secret';
  /** What it is about: an address, a scope, a setting. */
  readonly target: string;
  readonly service?: 'App Configuration' | 'Key Vault';
  /** `skipped`: there is nothing to look at, or what it needs has failed before. */
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was found, as a sentence without its end. */
  readonly detail: string;
}

/** Milliseconds that a machine on the way may take to answer at all. */
const hopTimeoutMs = 5_000;

const arcEndpoint = 'http://127.0.0.1:40342/metadata/identity/oauth2/token';
const publicScopes = { 'App Configuration': 'https://azconfig.io', 'Key Vault': 'https://vault.azure.net' } as const;

interface Target {
  readonly service: 'App Configuration' | 'Key Vault';
  readonly address: string;
}

/**
 * Goes the way from this machine to the settings in Azure hop by hop, and goes on behind one that fails as far as that makes sense. It
 * reads only, and no value of a secret leaves it.
 *
 * @param env whose IDENTITY_ENDPOINT and IMDS_ENDPOINT name the agent
 */
export async function* inspectAzure(
  settings: AzureSettings,
  environment: string,
  env: EnvironmentVariables,
  options: AzureOptions = {},
): AsyncGenerator<AzureHop> {
  const { Azure, AzureAppConfiguration, KeyVault } = settings;
  const targets: Target[] = [];
  if (AzureAppConfiguration.Enabled && AzureAppConfiguration.Endpoint !== undefined) {
    targets.push({ service: 'App Configuration', address: AzureAppConfiguration.Endpoint });
  }
  if (KeyVault.Enabled && KeyVault.VaultUri !== undefined) {
    targets.push({ service: 'Key Vault', address: KeyVault.VaultUri });
  }
  if (targets.length === 0) return;
  if (Azure.UseManagedIdentity) yield await agentHop(env, options.signal);
  const reachable: Target[] = [];
  for (const target of targets) {
    const hop = await hostHop(target, options);
    if (hop.state === 'ok') reachable.push(target);
    yield hop;
  }
  const credential = await createCredential(settings, env, options);
  for (const target of reachable) {
    const hop = await tokenHop(target, credential, options.signal);
    yield hop;
    if (hop.state === 'ok') yield* contentHops(target, { settings, environment, credential, options });
  }
}

async function agentHop(env: EnvironmentVariables, signal: AbortSignal | undefined): Promise<AzureHop> {
  const endpoint = await agentEndpoint(env);
  if (endpoint === undefined) {
    const detail =
      'this machine has no Azure Arc agent; its identity is asked of the metadata service of an Azure machine';
    return { hop: 'agent', target: 'Azure Arc', state: 'skipped', detail };
  }
  const failed = (detail: string): AzureHop => ({ hop: 'agent', target: endpoint.host, state: 'failed', detail });
  endpoint.searchParams.set('api-version', '2020-06-01');
  endpoint.searchParams.set('resource', 'https://vault.azure.net');
  let response: Response;
  try {
    response = await fetch(endpoint, { headers: { Metadata: 'true' }, signal: within(signal) });
    await response.body?.cancel();
  } catch (error) {
    signal?.throwIfAborted();
    return failed(`nothing answers at ${endpoint.host} (${codeOf(error)})`);
  }
  // Without a challenge it is a stand-in, or an agent that gives tokens to anybody of this machine.
  if (response.status === 200) return { hop: 'agent', target: endpoint.host, state: 'ok', detail: 'the agent answers' };
  const keyFile = /^Basic realm=(?<path>.+)$/.exec(response.headers.get('www-authenticate') ?? '')?.groups?.path;
  if (response.status !== 401 || keyFile === undefined)
    return failed(`the agent answers with HTTP ${response.status} and names no key file`);
  try {
    await access(keyFile, constants.R_OK);
  } catch (error) {
    return failed(`this account can't read the agent's key files (${codeOf(error)} for ${keyFile})`);
  }
  return {
    hop: 'agent',
    target: endpoint.host,
    state: 'ok',
    detail: 'the agent answers, and its key files can be read',
  };
}

/** As `@azure/identity` finds it: by the variables, else by the agent's program. */
async function agentEndpoint(env: EnvironmentVariables): Promise<URL | undefined> {
  if (env.IDENTITY_ENDPOINT && env.IMDS_ENDPOINT && URL.canParse(env.IDENTITY_ENDPOINT)) {
    const url = new URL(env.IDENTITY_ENDPOINT);
    if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
    return url;
  }
  const program =
    process.platform === 'win32'
      ? `${env.ProgramFiles ?? 'C:\\Program Files'}\\AzureConnectedMachineAgent\\himds.exe`
      : '/opt/azcmagent/bin/himds';
  return (await isThere(program)) ? new URL(arcEndpoint) : undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Absent, or not to be seen by this account: either way the SDK doesn't find it.
    return false;
  }
}

async function hostHop({ service, address }: Target, { ca, signal }: AzureOptions): Promise<AzureHop> {
  const { hostname, port, host } = new URL(address);
  const hop = { hop: 'host', target: host, service } as const;
  const { promise, resolve } = Promise.withResolvers<AzureHop>();
  const socket = connect({
    ...{ host: hostname, port: port === '' ? 443 : Number(port) },
    // A name for the certificate, which an address can't be (RFC 6066, section 3).
    ...(/^[\d.:[\]]+$/.test(hostname) ? {} : { servername: hostname }),
    ...(ca === undefined ? {} : { ca }),
  });
  const failed = (detail: string) => resolve({ ...hop, state: 'failed', detail });
  socket.setTimeout(hopTimeoutMs, () => failed(`no answer within ${hopTimeoutMs / 1_000} s`));
  socket.once('secureConnect', () => resolve({ ...hop, state: 'ok', detail: 'name, route and certificate are good' }));
  socket.once('error', (error) => failed(codeOf(error)));
  const onAbort = () => failed('stopped');
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    socket.destroy();
    signal?.throwIfAborted();
  }
}

/** Other clouds than the public one have the service's own domain for a scope. */
function scopeOf({ service, address }: Target): string {
  const { hostname } = new URL(address);
  const domain = /^[^.]+\.(?<domain>(vault|azconfig)\..+)$/.exec(hostname)?.groups?.domain;
  return `${domain === undefined ? publicScopes[service] : `https://${domain}`}/.default`;
}

async function tokenHop(
  target: Target,
  credential: TokenCredential,
  signal: AbortSignal | undefined,
): Promise<AzureHop> {
  const scope = scopeOf(target);
  const hop = { hop: 'token', target: scope, service: target.service } as const;
  try {
    const token = await credential.getToken(scope, { abortSignal: within(signal, 6 * hopTimeoutMs) });
    if (token === null) return { ...hop, state: 'failed', detail: 'the identity has none' };
    return { ...hop, state: 'ok', detail: `valid until ${new Date(token.expiresOnTimestamp).toISOString()}` };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { ...hop, state: 'failed', detail: (error.message.split('\n')[0] ?? '').replace(/\.$/, '') };
  }
}

interface Reading {
  readonly settings: AzureSettings;
  readonly environment: string;
  readonly credential: TokenCredential;
  readonly options: AzureOptions;
}

async function* contentHops(target: Target, reading: Reading): AsyncGenerator<AzureHop> {
  const { service, address } = target;
  const { host } = new URL(address);
  const role = (state: AzureHop['state'], detail: string, of: Target['service'] = service): AzureHop => ({
    ...{ hop: 'role', target: host, service: of, state, detail },
  });
  let sources: readonly ConfigurationSource[];
  try {
    sources = await readSources(target, reading);
  } catch (error) {
    reading.options.signal?.throwIfAborted();
    if (error instanceof AzureAccessError) {
      yield { ...role('failed', error.message.replace(/\.$/, ''), error.service), target: new URL(error.address).host };
    } else if (error instanceof AzureUnavailableError || error instanceof AzureIdentityError) {
      yield { hop: 'host', target: host, service, state: 'failed', detail: error.message.replace(/\.$/, '') };
    } else if (error instanceof ConfigLoaderError) yield role('failed', error.message.replace(/\.$/, ''));
    else throw error;
    return;
  }
  const entries = sources.reduce((sum, source) => sum + source.entries.length, 0);
  yield role('ok', `the identity reads ${entries} settings`);
  for (const { key, source, expected } of sources.flatMap(({ problems = [] }) => problems)) {
    yield { hop: 'secret', target: key ?? source, service, state: 'failed', detail: `${source}: expected ${expected}` };
  }
}

async function readSources(
  { service, address }: Target,
  { settings, environment, credential, options }: Reading,
): Promise<readonly ConfigurationSource[]> {
  const signal = within(options.signal, settings.Azure.TimeoutSeconds * 1_000);
  const vaults = new VaultReader(settings, credential, options, signal);
  if (service === 'App Configuration') {
    const reader = await AppConfigurationReader.connect(settings, credential, environment, options);
    return await readAppConfigurationSources(settings, reader, vaults, signal);
  }
  const secretKeys = { ...(options.secretKeys ?? runbookSecretKeys), ...settings.KeyVault.SecretKeys };
  return [await readKeyVaultSource(address, secretKeys, vaults)];
}

function within(signal: AbortSignal | undefined, ms = hopTimeoutMs): AbortSignal {
  const timeout = AbortSignal.timeout(ms);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

/** What happened to a connection: `ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
function codeOf(error: unknown): string {
  const errors = error instanceof Error && error.cause instanceof Error ? [error.cause, error] : [error];
  for (const each of errors) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') return each.code;
  }
  return error instanceof Error ? error.message : String(error);
}
