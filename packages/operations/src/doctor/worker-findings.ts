import { z } from 'zod';
import { nameAndVersion } from '../app-version.ts';
import { askHealth, type HealthAnswer } from '../ask-health.ts';
import { type Finding, fine, problem, unseen, warning } from './finding.ts';

/** Milliseconds that the answer may take: it touches no server. */
const timeoutMs = 5_000;

/** The part of `/health/ready` that is used; what a newer worker adds is passed over. */
const reportSchema = z.object({
  name: z.string(),
  version: z.string().optional(),
  status: z.enum(['ready', 'not-ready']),
  state: z.string(),
  dependencies: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string().optional() })),
  warnings: z.array(z.object({ name: z.string(), text: z.string() })),
});

/** Where a worker serves its health; section Health of its settings. */
export interface WorkerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * What the worker of these settings says of itself.
 *
 * @param address undefined where the settings name none, as those of the command line don't
 */
export async function* workerFindings(
  address: WorkerAddress | undefined,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const id = 'worker.health';
  if (address === undefined || address.port === 0) {
    yield unseen(
      id,
      'what a worker says of itself: these settings name no Health:Port.',
      "Give --config the worker's folder, for example /srv/www/hartonomous/workers/neo4j-sync/current",
    );
    return;
  }
  // A worker that listens on all addresses listens on this one, too.
  const host = ['0.0.0.0', '::'].includes(address.host) ? '127.0.0.1' : address.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/health/ready`;
  let answer: HealthAnswer;
  try {
    answer = await askHealth(url, timeoutMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    yield problem(
      id,
      `No worker answers at ${url} (${reasonOf(error)}).`,
      'On the machine of the worker: hartonomous service status, then hartonomous service start neo4j-sync (or the name of another). Where it runs elsewhere, run doctor there.',
    );
    return;
  }
  const report = reportSchema.safeParse(answer.json);
  if (!report.success) {
    const { status, strange = 'its JSON is of another form' } = answer;
    yield problem(
      'worker.other-program',
      `What answers at ${url} is not a worker (HTTP ${status}, ${strange}).`,
      `See which program has the port (Linux: ss -ltnp 'sport = :${address.port}'; Windows: Get-NetTCPConnection -LocalPort ${address.port}), and set Health:Port to another one.`,
    );
    return;
  }
  yield* reportFindings(report.data, url);
}

function* reportFindings(report: z.output<typeof reportSchema>, url: string): Generator<Finding> {
  const { name, status, state, dependencies, warnings } = report;
  const down = dependencies.filter((dependency) => dependency.state !== 'up');
  if (status === 'ready') yield fine('worker.health', `${name} at ${url} is ready.`);
  else if (down.length === 0) {
    yield problem(
      'worker.health',
      `${name} at ${url} is not ready: it is ${state}.`,
      'If it stays so, see its log: hartonomous service logs',
    );
  }
  for (const { name: dependency, state: its, reason } of down) {
    yield problem(
      `worker.dependency.${dependency}`,
      `${name} reports ${dependency}: ${its}${reason === undefined ? '' : ` (${reason})`}.`,
      "See above for the server itself, checked with this program's login. If that is ok, compare the worker's settings: hartonomous config show --config ...",
    );
  }
  for (const { name: kind, text } of warnings) yield warning(`worker.warning.${kind}`, `${name} warns: ${text}`, null);
  yield versionFinding(name, report.version);
}

function versionFinding(name: string, version: string | undefined): Finding {
  const id = 'version.worker';
  const own = nameAndVersion();
  if (version === undefined) return unseen(id, `the version of ${name}, which is too old to say it.`);
  if (own.endsWith(` ${version}`)) return fine(id, `${name} is of this program's version, ${version}.`);
  return warning(
    id,
    `${name} is of version ${version}, this program is ${own}.`,
    'Bring both to one version; see docs/upgrading.md for the order.',
  );
}

/** fetch says "fetch failed" of everything; what happened is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.name === 'TimeoutError' ? `no answer within ${timeoutMs / 1_000} s` : error.message;
}
