import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { AppConfigurationStore, secretReferenceType } from './app-configuration.ts';
import { ArcIdentity, agentKeyFolder, type ChallengeFault, identityPath } from './arc-identity.ts';
import { createCertificate } from './certificate.ts';
import { EmulatorListenError } from './errors.ts';
import {
  type EmulatorRequest,
  type EmulatorResponse,
  HttpFailure,
  readRequest,
  writeResponse,
} from './http-exchange.ts';
import { Ingestion, type TelemetryEnvelope } from './ingestion.ts';
import { KeyVault, type SecretAttributes } from './key-vault.ts';
import { type AzureEmulatorOptions, type KeyValueSeed, parseOptions } from './options.ts';
import { TokenIssuer } from './tokens.ts';

/** The services of the emulator. */
export type EmulatedService = 'identity' | 'keyVault' | 'appConfiguration' | 'ingestion';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly service: EmulatedService;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** How a service fails for a while. */
export interface ServiceFault {
  /** HTTP status; `hang`: the request is never answered; `reset`: the connection is closed without an answer. */
  readonly failure: number | 'hang' | 'reset';
  /** Requests that fail; then the service is well again. @default all, until {@link AzureEmulator.heal} */
  readonly times?: number;
  /** Header of 429 and 503, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A running emulator. */
export interface AzureEmulator extends AsyncDisposable {
  /** With a slash at the end. Its host is not under vault.azure.net: clients must turn challenge resource verification off. */
  readonly vaultUri: string;
  readonly appConfigurationEndpoint: string;
  readonly identityEndpoint: string;
  /** Of Application Insights. */
  readonly connectionString: string;
  /** PEM text of the certificate to trust. */
  readonly ca: string;
  /** PEM file of the same. */
  readonly caFile: string;
  /** What makes a process use this emulator as its Arc agent and trust its certificate. */
  readonly env: Readonly<Record<'IDENTITY_ENDPOINT' | 'IMDS_ENDPOINT' | 'NODE_EXTRA_CA_CERTS', string>>;
  /** Telemetry received so far. */
  readonly telemetry: readonly TelemetryEnvelope[];
  /** Requests answered so far, oldest first. */
  readonly requests: readonly AnsweredRequest[];
  setSecret(name: string, value: string, attributes?: SecretAttributes): void;
  deleteSecret(name: string): boolean;
  setKeyValue(seed: KeyValueSeed): void;
  deleteKeyValue(key: string, label?: string): boolean;
  /** Gives the identity its role, or takes it away. */
  grant(service: 'keyVault' | 'appConfiguration', isGranted: boolean): void;
  /** Makes every token that was issued invalid. */
  revokeTokens(): void;
  /** Makes challenges of the identity endpoint go wrong; undefined puts them right. */
  breakChallenge(fault: ChallengeFault | undefined): void;
  fail(service: EmulatedService, fault: ServiceFault): void;
  /** Ends what {@link fail} began. */
  heal(service: EmulatedService): void;
}

/**
 * Starts the emulator on 127.0.0.1: the Arc identity endpoint over HTTP, as a real agent has it; Key Vault, App
 * Configuration and Application Insights over HTTPS on one port.
 *
 * @throws InvalidEmulatorOptionsError, EmulatorListenError, KeyFolderError
 */
export async function startAzureEmulator(options: AzureEmulatorOptions = {}): Promise<AzureEmulator> {
  const settings = parseOptions(options);
  await using resources = new AsyncDisposableStack();
  const tokens = new TokenIssuer(settings.tokenLifetimeSeconds);
  const keyFolder = settings.challenge ? (settings.keyFolder ?? agentKeyFolder()) : undefined;
  const identity = resources.use(new ArcIdentity(tokens, keyFolder));
  await identity.prepare();
  const certificate = resources.use(await createCertificate());
  const vault = new KeyVault(tokens);
  const store = new AppConfigurationStore(tokens);
  const ingestion = new Ingestion(randomUUID());
  const requests: AnsweredRequest[] = [];
  const faults = new Map<EmulatedService, { readonly fault: ServiceFault; left: number }>();

  const answer = async (
    request: EmulatorRequest,
    service: EmulatedService,
  ): Promise<EmulatorResponse | 'hang' | 'reset'> => {
    const broken = faults.get(service);
    if (broken !== undefined && broken.left > 0) {
      broken.left -= 1;
      const { failure, retryAfterMs } = broken.fault;
      if (typeof failure === 'string') return failure;
      const headers = retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) };
      return { status: failure, headers, json: { error: { code: 'Injected', message: 'A fault of a test.' } } };
    }
    if (service === 'identity') return await identity.handle(request);
    if (service === 'keyVault') return vault.handle(request);
    return service === 'appConfiguration' ? store.handle(request) : ingestion.handle(request);
  };
  const serve =
    (route: (path: readonly string[]) => EmulatedService | undefined) =>
    (message: IncomingMessage, to: ServerResponse): void => {
      const respond = async (): Promise<void> => {
        const request = await readRequest(message);
        const service = route(request.path);
        if (service === undefined) return writeResponse(to, { status: 404 });
        const response = await orFailure(() => answer(request, service));
        const { method, rawPath: path } = request;
        requests.push({ service, method, path, status: typeof response === 'string' ? 0 : response.status });
        if (response === 'reset') message.socket.destroy();
        else if (response !== 'hang') writeResponse(to, response);
      };
      respond().catch((error: unknown) => {
        if (error instanceof HttpFailure) writeResponse(to, error.response);
        else to.destroy(error instanceof Error ? error : undefined);
      });
    };

  const identityPort = await listen(createServer(serve(() => 'identity')), settings.identityPort, resources);
  const { key, cert } = certificate;
  const port = await listen(createTlsServer({ key, cert }, serve(routeOf)), settings.port, resources);
  const address = `https://127.0.0.1:${port}`;
  vault.uri = `${address}/`;
  for (const [name, value] of Object.entries(settings.secrets)) vault.set(name, value);
  const setKeyValue = ({ key: name, label, value, contentType, secret }: KeyValueSeed): void => {
    const reference = JSON.stringify({ uri: `${vault.uri}secrets/${secret}` });
    if (secret !== undefined) store.set(name, reference, label ?? null, secretReferenceType);
    else store.set(name, value ?? '', label ?? null, contentType ?? null);
  };
  for (const seed of settings.keyValues) setKeyValue(seed);

  const identityEndpoint = `http://localhost:${identityPort}${identityPath}`;
  const owned = resources.move();
  return {
    vaultUri: vault.uri,
    appConfigurationEndpoint: address,
    identityEndpoint,
    connectionString: `InstrumentationKey=${ingestion.instrumentationKey};IngestionEndpoint=${address}`,
    ca: cert,
    caFile: certificate.file,
    env: {
      IDENTITY_ENDPOINT: identityEndpoint,
      IMDS_ENDPOINT: `http://localhost:${identityPort}`,
      NODE_EXTRA_CA_CERTS: certificate.file,
    },
    telemetry: ingestion.envelopes,
    requests,
    setSecret: (name, value, attributes) => void vault.set(name, value, attributes),
    deleteSecret: (name) => vault.delete(name),
    setKeyValue,
    deleteKeyValue: (name, label) => store.delete(name, label ?? null),
    grant: (service, isGranted) => {
      if (service === 'keyVault') vault.isGranted = isGranted;
      else store.isGranted = isGranted;
    },
    revokeTokens: () => tokens.revokeAll(),
    breakChallenge: (fault) => {
      identity.challengeFault = fault;
    },
    fail: (service, fault) => {
      faults.set(service, { fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    heal: (service) => {
      faults.delete(service);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The paths of the three services don't overlap, so one port serves all. */
function routeOf([first]: readonly string[]): EmulatedService | undefined {
  if (first === 'secrets' || first === 'deletedsecrets') return 'keyVault';
  if (first === 'v2' || first === 'v2.1') return 'ingestion';
  return first === undefined ? undefined : 'appConfiguration';
}

async function orFailure<T>(action: () => Promise<T>): Promise<T | EmulatorResponse> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof HttpFailure) return error.response;
    throw error;
  }
}

async function listen(server: Server, port: number, resources: AsyncDisposableStack): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new EmulatorListenError(port, error);
  }
  resources.defer(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new EmulatorListenError(port, address);
  return address.port;
}
