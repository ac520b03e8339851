import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { escapeControls, redactText } from '@hartonomous/redaction';
import { HealthListenError, HealthPortInUseError } from './errors.ts';
import type { LifecycleState } from './lifecycle-state.ts';
import { type HealthOptions, healthOptionsSchema, parseOptions } from './options.ts';
import type { ReadinessSource, Warning } from './readiness.ts';
import { reasonOf } from './reason-of.ts';
import { scrapeContentType } from './scrape-reader.ts';

/** What the health server reports on. */
export interface HealthSubject {
  /** Name of the app, in the answers. */
  readonly name: string;
  /** The lifecycle: ready only while `running`. */
  readonly lifecycle: { readonly state: LifecycleState; readonly since: Date };
  /** Asked at every request, so sources may be added while the worker starts. */
  readonly readiness: Iterable<ReadinessSource>;
  /** Conditions that a person should know of. */
  readonly warnings?: Iterable<Warning>;
}

/** What is served besides health. */
export interface HealthExtras {
  /** All metrics in the text format of Prometheus, for `/metrics`. */
  readonly scrape?: () => Promise<string>;
  /** Version of the app, told by `/health/ready`. @default not told */
  readonly version?: string | undefined;
}

/** A listening health server. */
export interface HealthServer extends AsyncDisposable {
  readonly host: string;
  /** The port that it got; differs from the option when that was 0. */
  readonly port: number;
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** Body of `/health/ready`. */
export interface ReadinessReport {
  readonly name: string;
  /** For example `0.1.0`; absent where the app doesn't tell it. */
  readonly version?: string;
  readonly status: 'ready' | 'not-ready';
  readonly state: LifecycleState;
  /** When `state` was entered, ISO 8601. */
  readonly since: string;
  readonly dependencies: readonly {
    readonly name: string;
    readonly state: 'up' | 'down' | 'pending';
    readonly since: string;
    readonly reason?: string;
    readonly ageMs?: number;
    /** When it was last found down, ISO 8601. */
    readonly reportedAt?: string;
  }[];
  /** What isn't as it should be although the worker can work; empty when there is nothing. */
  readonly warnings: readonly { readonly name: string; readonly since: string; readonly text: string }[];
}

/** A probe that takes longer than this is cut off, so stuck clients can't pile up connections. */
const requestTimeoutMs = 5_000;

/** How often Node looks for such probes, in milliseconds; its default is half a minute. */
const checkIntervalMs = 1_000;

/**
 * Most connections. An answer takes well under a millisecond, so the oldest of so many is stalled, and is closed. Too few:
 * honest clients could cut off a slow one. Too many: a flood of half requests takes the descriptors that the worker needs.
 */
const maxConnections = 128;

/**
 * Serves `GET /health/live` (200 while the process can answer; touches nothing) and `GET /health/ready` (200 while
 * running with every readiness source up, otherwise 503; body {@link ReadinessReport}), and with `scrape` also
 * `GET /metrics`.
 *
 * @throws HealthPortInUseError when the port is taken
 * @throws HealthListenError when the address can't be used
 * @throws InvalidHostOptionsError for options that the schema refuses
 */
export async function startHealthServer(
  subject: HealthSubject,
  options: Partial<HealthOptions> = {},
  { scrape, version }: HealthExtras = {},
): Promise<HealthServer> {
  const { host, port } = parseOptions(healthOptionsSchema, 'health', options);
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkIntervalMs,
    },
    (request, response) => {
      const path = (request.url ?? '').split('?', 1)[0];
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        answer(response, 405, { status: 'method-not-allowed' });
      } else if (path === '/health/live') {
        answer(response, 200, { name: subject.name, status: 'live' });
      } else if (path === '/health/ready') {
        const report = readinessReport(subject);
        answer(
          response,
          report.status === 'ready' ? 200 : 503,
          version === undefined ? report : { ...report, version },
        );
      } else if (path === '/metrics' && scrape !== undefined) {
        void answerMetrics(response, scrape);
      } else {
        const paths = ['/health/live', '/health/ready', ...(scrape === undefined ? [] : ['/metrics'])];
        answer(response, 404, { status: 'not-found', paths });
      }
    },
  );
  // Of one that neither sends nor reads what it was answered.
  server.timeout = requestTimeoutMs;
  limitConnections(server);
  const address = await listen(server, host, port);
  const urlHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: `http://${urlHost}:${address.port}`,
    [Symbol.asyncDispose]: () => close(server),
  };
}

/** What `/health/ready` answers for this subject now. */
export function readinessReport(subject: HealthSubject): ReadinessReport {
  const dependencies = Array.from(subject.readiness, (source) => {
    const { since, reason, reportedAt, isOnPurpose: _, ...status } = source.status();
    return {
      name: source.name,
      ...status,
      since: since.toISOString(),
      ...(reportedAt === undefined ? {} : { reportedAt: reportedAt.toISOString() }),
      ...(reason === undefined ? {} : { reason: redactText(reason) }),
    };
  });
  const { state, since } = subject.lifecycle;
  const ready = state === 'running' && dependencies.every((dependency) => dependency.state === 'up');
  return {
    name: subject.name,
    status: ready ? 'ready' : 'not-ready',
    state,
    since: since.toISOString(),
    dependencies,
    warnings: [...(subject.warnings ?? [])].flatMap(({ name, status }) =>
      status === undefined ? [] : [{ name, since: status.since.toISOString(), text: redactText(status.text) }],
    ),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(escapeControls(JSON.stringify(body)));
}

/** Never rejects: what keeps metrics from being observed is the answer. */
async function answerMetrics(response: ServerResponse, scrape: () => Promise<string>): Promise<void> {
  try {
    const text = await scrape();
    response.writeHead(200, { 'content-type': scrapeContentType, 'cache-control': 'no-store' });
    response.end(text);
  } catch (error) {
    answer(response, 500, { status: 'metrics-failed', reason: redactText(reasonOf(error)) });
  }
}

/** Ends the oldest connection where there are too many, rather than refusing the newest, which may be the monitor's. */
function limitConnections(server: Server): void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > maxConnections) oldest?.destroy();
  });
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  const listening = Promise.withResolvers<AddressInfo>();
  // Also later, when a connection can't be taken because there are no descriptors: that is nobody's reason to end the worker.
  server.on('error', (error: NodeJS.ErrnoException) => {
    listening.reject(
      error.code === 'EADDRINUSE'
        ? new HealthPortInUseError(host, port, error)
        : new HealthListenError(host, port, error),
    );
  });
  server.listen({ host, port, exclusive: true }, () => {
    const address = server.address();
    if (address === null || typeof address === 'string') {
      listening.reject(new HealthListenError(host, port, new Error('no TCP address')));
    } else listening.resolve(address);
  });
  return await listening.promise;
}

async function close(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeAllConnections();
  await closed.promise;
}
