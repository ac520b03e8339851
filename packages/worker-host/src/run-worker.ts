import { type ExitCode, exitCodes } from './exit-codes.ts';
import { startHealthServer } from './health-server.ts';
import { instanceName } from './instance-name.ts';
import type { Logger } from './logging.ts';
import { remindWhileNotReady } from './not-ready-reminder.ts';
import type { HealthOptions, StopOptions } from './options.ts';
import { writeRuntimeFile } from './runtime-file.ts';
import { notifyService } from './service-notifier.ts';
import { onStopSignals } from './stop-signals.ts';
import { createTelemetry, type TelemetryOptions } from './telemetry.ts';
import { type WorkerDefinition, WorkerHost, type WorkerOutcome } from './worker-host.ts';
import { observeWorker } from './worker-metrics.ts';

/** Options of {@link runWorker}. */
export interface RunWorkerOptions {
  readonly logger: Logger;
  /** Of the program, for the runtime file and for those who ask for its health. @default unknown */
  readonly version?: string;
  readonly health?: Partial<HealthOptions>;
  readonly stop?: Partial<StopOptions>;
  /** Where `OTEL_...` variables are, and those by which systemd asks for reports. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where telemetry goes besides `/metrics` and OTLP. */
  readonly telemetry?: Pick<TelemetryOptions, 'readers' | 'spanProcessors'>;
  /**
   * Ends the process at once; give `(code) => process.exit(code)`. Called only when something would keep the process
   * alive that must not: work after a forced stop, an uncaught error, a connection that nobody closed. In every other
   * case the process ends by itself with the returned code.
   */
  readonly forceExit: (code: ExitCode) => void;
}

/** A process that still lives this long after its worker has stopped is held by a handle that nobody closed. */
const lingerMs = 3_000;

/**
 * Runs a worker as the work of this process: starts the health server, runs the worker, stops it on SIGTERM or SIGINT
 * (a second signal forces), logs uncaught errors, and reports the exit code. Never rejects, never calls process.exit:
 *
 * ```ts
 * process.exitCode = await runWorker(worker, { logger, forceExit: (code) => process.exit(code) });
 * ```
 */
export async function runWorker(definition: WorkerDefinition, options: RunWorkerOptions): Promise<ExitCode> {
  const { logger } = options;
  const detachCrash = onCrash((error, origin) => {
    logger.fatal({ err: error, origin }, 'Uncaught error, the worker ends at once; unfinished work is rolled back');
    options.forceExit(exitCodes.failed);
  });
  let code: ExitCode;
  try {
    code = report(await runToOutcome(definition, options), definition, logger);
  } catch (error) {
    logger.fatal({ err: error }, `${definition.displayName} could not start`);
    code = exitCodes.failed;
  } finally {
    detachCrash();
  }
  if (code === exitCodes.forced) options.forceExit(code);
  else watchLinger(code, options);
  return code;
}

async function runToOutcome(definition: WorkerDefinition, options: RunWorkerOptions): Promise<WorkerOutcome> {
  const { logger } = options;
  const { name, namespace } = definition;
  await using telemetry = await createTelemetry({
    serviceName: name,
    ...(namespace === undefined ? {} : { serviceNamespace: namespace }),
    env: options.env ?? process.env,
    logger,
    ...options.telemetry,
  });
  const host = new WorkerHost(definition, logger, options.stop, telemetry);
  observeWorker(telemetry.meter, host);
  await using health = await startHealthServer(host, options.health, {
    scrape: telemetry.scrape,
    version: options.version,
  });
  logger.info({ host: health.host, port: health.port }, `Health at ${health.url}/health/ready`);
  const env = options.env ?? process.env;
  const facts = {
    name,
    version: options.version ?? null,
    instance: instanceName(),
    pid: process.pid,
    healthUrl: health.url,
    startedAt: new Date(Math.round(performance.timeOrigin)).toISOString(),
  };
  await using _runtimeFile = await writeRuntimeFile(facts, env, logger);
  using _reminder = remindWhileNotReady(host, logger);
  await using service = notifyService(host, env, { logger });
  const detach = onStopSignals({
    first: (signal) => {
      service.stopping();
      if (host.state === 'starting' || host.state === 'running') host.stop(signal);
    },
    second: (signal) => host.force(`second signal, ${signal}`),
  });
  try {
    return await host.run();
  } finally {
    detach();
  }
}

function report(outcome: WorkerOutcome, definition: WorkerDefinition, logger: Logger): ExitCode {
  const exitCode = exitCodes[outcome.kind];
  if (outcome.kind === 'clean') logger.info({ exitCode }, `${definition.displayName} stopped`);
  else if (outcome.kind === 'failed') {
    logger.fatal({ err: outcome.error, exitCode }, `${definition.displayName} failed`);
  } else logger.error({ err: outcome.error, exitCode }, `${definition.displayName} stopped by force`);
  return exitCode;
}

/** Logs what Node would print itself, but with secrets replaced; Node's own output knows none. */
function onCrash(handle: (error: unknown, origin: NodeJS.UncaughtExceptionOrigin) => void): () => void {
  process.on('uncaughtException', handle);
  return () => process.off('uncaughtException', handle);
}

function watchLinger(code: ExitCode, options: RunWorkerOptions): void {
  setTimeout(() => {
    const heldBy = process.getActiveResourcesInfo();
    options.logger.warn({ heldBy }, 'The worker has stopped but something still holds the process; ending it');
    options.forceExit(code);
  }, lingerMs).unref();
}
