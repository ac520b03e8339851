import { randomUUID } from 'node:crypto';
import {
  observeQueueWatch,
  type Probe,
  ReceiveGate,
  ReceiveLoop,
  type ReceiveLoopSignals,
  sqlParameter,
  watchUpstream,
} from '@hartonomous/broker-client';
import { programFolder, programVersion } from '@hartonomous/config-loader';
import { instanceName, type RunningWorker, type WorkerContext } from '@hartonomous/worker-host';
import { awaitChecks, checkReadiness } from './checks.ts';
import { classifyFailure } from './classify-failure.ts';
import { type Connected, connectAll } from './connect.ts';
import type { QueueWork, QueueWorker } from './definition.ts';
import type { QueueWorkerSettings } from './options.ts';
import { joinQueue, type Presence, type PresenceOptions } from './presence.ts';
import { type Purge, procedurePurge, runPurges } from './purges.ts';
import { readerHooks } from './reader-hooks.ts';

interface Parts<Settings extends QueueWorkerSettings> {
  readonly worker: QueueWorker<Settings>;
  readonly settings: Settings;
  readonly context: WorkerContext;
  readonly connected: Connected;
  readonly gate: ReceiveGate;
  readonly presence: Presence | undefined;
  readonly work: QueueWork;
}

/**
 * Connects and starts a declared worker, as worker-host runs it.
 *
 * @throws what waiting doesn't heal: BrokerError, and what a dependency throws when it connects
 */
export async function startQueueWorker<Settings extends QueueWorkerSettings>(
  worker: QueueWorker<Settings>,
  settings: Settings,
  context: WorkerContext,
): Promise<RunningWorker> {
  await using stack = new AsyncDisposableStack();
  const connected = stack.use(await connectAll(worker, settings, context));
  const { logger, meter, tracer, addWarning, addDependency } = context;
  const { client, connections } = connected;
  const gate = new ReceiveGate();
  const workerId = randomUUID();
  const presence = await join(worker, settings, context, { client, gate, workerId });
  const own = { settings, client, workerId, workerInstanceId: presence?.id ?? null };
  const work = worker.start({ ...own, logger, meter, tracer, addWarning, addDependency }, connections);
  const run = prepare({ worker, settings, context, connected, gate, presence, work });
  const owned = stack.move();
  return { run, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Undefined where the database has no place for it. */
async function join<Settings extends QueueWorkerSettings>(
  { queue: { queue, reader }, presence: procedures, dependencies, folder }: QueueWorker<Settings>,
  { Worker }: Settings,
  context: WorkerContext,
  own: Pick<PresenceOptions, 'client' | 'gate' | 'workerId'>,
): Promise<Presence | undefined> {
  if (procedures === undefined) return undefined;
  return await joinQueue({
    ...own,
    procedures,
    context,
    queue,
    program: reader.program,
    instance: instanceName(),
    version: programVersion(programFolder(folder.href)),
    classify: (error) => classifyFailure(error, dependencies, {}),
    reportIntervalMs: Worker.WatchIntervalMs,
  });
}

/** Most milliseconds that a probe waits for connections, to a server each. */
const longestConnectMs = 30_000;

/** Most statements that a probe waits for, one after the other, each with its own time-out and what comes on top of that. */
const statementsOfAProbe = 4;

/** Everything is made before the worker runs, so that health and metrics are complete from the start. */
function prepare<Settings extends QueueWorkerSettings>(parts: Parts<Settings>): () => Promise<void> {
  const { worker, settings, context, connected, gate, presence, work } = parts;
  const { queue, deadLetters } = worker.queue;
  const { Worker } = settings;
  const { client } = connected;
  const { logger, meter, drain, force } = context;
  const { checks = {}, retries, logFields, batchSize, messagesInHand, gatherMs, handler } = work;
  const readiness = { ...connected.readiness, ...checkReadiness(checks, context) };
  const classify = (error: unknown) => classifyFailure(error, worker.dependencies, checks);
  const probeTimeoutMs = longestConnectMs + statementsOfAProbe * Worker.StatementTimeoutMs;
  const loop = new ReceiveLoop<string>({
    client,
    queue,
    readers: Worker.Readers,
    waitMs: Worker.WaitMs,
    probeIntervalMs: Worker.WatchIntervalMs,
    probeTimeoutMs,
    handler,
    gate,
    classify,
    probes: probesOf(parts),
    checks: Object.keys(checks),
    hooks: readerHooks(Worker, readiness, context),
    meter,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(messagesInHand === undefined ? {} : { messagesInHand }),
    ...(gatherMs === undefined ? {} : { gatherMs }),
    ...(retries === undefined ? {} : { retries: { ...retries, deadLetters } }),
  });
  const watch = watchUpstream({
    client,
    queue,
    intervalMs: Worker.WatchIntervalMs,
    addWarning: context.addWarning,
    ...(retries === undefined ? {} : { retries }),
  });
  observeQueueWatch(meter, queue, watch);

  return async () => {
    const stopBesides = new AbortController();
    const signal = AbortSignal.any([drain, stopBesides.signal]);
    const intervalMs = Worker.PurgeIntervalMinutes * 60_000;
    const purges = runPurges(purgesOf(parts), { logger, intervalMs, gate, signal });
    const besides = [watch.run(signal), purges, presence?.run(signal)];
    try {
      await awaitChecks(checks, { readiness, classify, timeoutMs: probeTimeoutMs, signal });
      const fields = { readers: Worker.Readers, ...logFields };
      logger.info(fields, `Polling ${queue.replace(/^dbo\./, '')} for messages...`);
      await runBeside(besideWhileOpen(work.beside, gate), loop, { drain: signal, force }, stopBesides);
    } catch (error) {
      // A check was waited for: there is nothing in hand.
      if (!drain.aborted || error !== signal.reason) throw error;
    } finally {
      stopBesides.abort();
      await Promise.all(besides);
      await presence?.stopped();
    }
  };
}

/** Work that is drained when the gate closes, and begun again when it opens. */
function besideWhileOpen(beside: QueueWork['beside'], gate: ReceiveGate): QueueWork['beside'] {
  if (beside === undefined) return undefined;
  return async ({ drain, force }) => {
    while (!drain.aborted) {
      using pass = await gate.enter(drain).catch((error: unknown) => {
        if (drain.aborted) return undefined;
        throw error;
      });
      if (pass === undefined) return;
      await beside({ drain: AbortSignal.any([drain, pass.closed]), force });
      // It has ended by itself.
      if (!pass.closed.aborted) return;
    }
  };
}

/** Runs the loop and the work beside it; one that fails drains the other. */
async function runBeside(
  beside: QueueWork['beside'],
  loop: ReceiveLoop<string>,
  signals: ReceiveLoopSignals,
  stop: AbortController,
): Promise<void> {
  const stopOther = (error: unknown) => {
    stop.abort(error);
    throw error;
  };
  const running = [loop.run(signals), beside?.(signals)].map((run) => run?.catch(stopOther));
  const ended = await Promise.allSettled(running);
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function probesOf<Settings extends QueueWorkerSettings>(parts: Parts<Settings>): Readonly<Record<string, Probe>> {
  const { worker, settings, connected, work } = parts;
  const { client, connections } = connected;
  const probes: Record<string, Probe> = {
    'sql-server': (signal) => client.probeQueue(worker.queue.queue, { signal }),
  };
  for (const [name, dependency] of Object.entries(worker.dependencies)) {
    const connection = connections[name];
    if (connection !== undefined) probes[name] = (signal) => dependency.probe(connection, { settings, signal });
  }
  for (const [name, check] of Object.entries(work.checks ?? {})) probes[name] = (signal) => check.run(signal);
  return probes;
}

/** The worker's own, and that of the queue's dead letters. */
function purgesOf<Settings extends QueueWorkerSettings>(parts: Parts<Settings>): readonly Purge[] {
  const { worker, settings, connected, work } = parts;
  const { table, purgeProcedure } = worker.queue.deadLetters;
  const { DeadLetterRetentionDays, PendingDeadLetterRetentionDays } = settings.Worker;
  return [
    ...(work.purges ?? []),
    procedurePurge(connected.client, {
      what: `dead letters of ${table}`,
      procedure: purgeProcedure,
      parameters: {
        Table: table,
        ReplayedDays: DeadLetterRetentionDays,
        PendingDays: sqlParameter.int(PendingDeadLetterRetentionDays ?? null),
      },
    }),
  ];
}
