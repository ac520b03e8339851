import { setTimeout as delay } from 'node:timers/promises';
import {
  type BrokerClient,
  quoteQualifiedName,
  type ReceiveFailure,
  type ReceiveGate,
  type ShownWarning,
  sqlParameter,
} from '@hartonomous/broker-client';
import { DependencyReadiness, reasonOf, type WorkerContext } from '@hartonomous/worker-host';
import { z } from 'zod';
import { patiently } from './patience.ts';

/** Procedures of the database by which its workers are known and paused. */
export interface PresenceProcedures {
  /** Takes `@WorkerId, @Instance, @Program, @Version, @QueueName, @State`; gives `@WorkerInstanceId INT OUTPUT`. */
  readonly reportProcedure: string;
  /** Takes `@QueueName, @Instance`; gives the pauses that apply: `Owner, Reason, PausedAt, ExpiresAt`. */
  readonly pauseProcedure: string;
}

/** What a worker does with its queue, as others see it. */
export type PresenceState = 'RECEIVING' | 'PAUSING' | 'PAUSED' | 'STOPPED';

/** Who reports. */
interface PresenceIdentity {
  /** A GUID of this process, and of no other. */
  readonly workerId: string;
  /** As telemetry has it. */
  readonly instance: string;
  readonly program: string;
  readonly version: string;
  /** With its schema. */
  readonly queue: string;
}

/** What {@link joinQueue} needs. */
export interface PresenceOptions extends PresenceIdentity {
  readonly client: Pick<BrokerClient, 'query' | 'execute'>;
  readonly procedures: PresenceProcedures;
  /** Closed while the queue is paused for this worker. */
  readonly gate: ReceiveGate;
  readonly context: Pick<WorkerContext, 'logger' | 'addReadiness' | 'addWarning' | 'drain'>;
  readonly classify: (error: unknown) => ReceiveFailure<string>;
  /** Milliseconds between two reports where nothing changes. */
  readonly reportIntervalMs: number;
}

/**
 * Milliseconds between two checks of the pauses. Too short: calls of an idle worker. Too long: a pause, and its end, are felt that
 * much later.
 */
const lookEveryMs = 1_000;

/** Milliseconds that the last report may take; a stop doesn't wait for a server that is away. */
const lastReportMs = 1_000;

const pauseRow = z
  .object({ Owner: z.string(), Reason: z.string(), PausedAt: z.date(), ExpiresAt: z.date().nullable() })
  .transform(({ Owner, Reason, PausedAt, ExpiresAt }) => {
    const until = ExpiresAt === null ? '' : ` until ${ExpiresAt.toISOString()}`;
    return `Paused by ${Owner} since ${PausedAt.toISOString()}${until}: ${Reason}`;
  });

const reportRow = z.object({ id: z.int() });

/**
 * Makes a worker known to its database, and has it receive nothing while its queue is paused: on purpose, so it is visible. Health is
 * not ready then and names who paused, since when and why; the rest of the worker goes on.
 */
export class Presence {
  /** The number by which outcomes refer to this process. */
  readonly id: number;
  readonly #options: PresenceOptions;
  readonly #readiness: DependencyReadiness;
  readonly #unread: ShownWarning;
  #reported: PresenceState;
  #reportedAt = performance.now();

  constructor(options: PresenceOptions, readiness: DependencyReadiness, id: number, reported: PresenceState) {
    this.#options = options;
    this.#readiness = readiness;
    this.#unread = options.context.addWarning('presence');
    this.id = id;
    this.#reported = reported;
  }

  /** Looks for pauses and reports, until `signal` is aborted. Never rejects: what fails is tried again, and the state stays. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        applyPauses(await readPauses(this.#options, signal), this.#options.gate, this.#readiness);
        await this.#reportNews(signal);
        this.#unread.clear();
      } catch (error) {
        if (signal.aborted) return;
        this.#couldNot(error);
      }
    }
  }

  /** Records that the worker has ended in good order. Never rejects: otherwise the row shows when it was last seen. */
  async stopped(): Promise<void> {
    try {
      await report(this.#options, 'STOPPED', AbortSignal.timeout(lastReportMs));
    } catch (error) {
      this.#options.context.logger.debug({ reason: reasonOf(error) }, 'The end of the worker could not be reported');
    }
  }

  async #reportNews(signal: AbortSignal): Promise<void> {
    const state = stateOf(this.#options.gate);
    const isDue = performance.now() - this.#reportedAt >= this.#options.reportIntervalMs;
    if (state === this.#reported && !isDue) return;
    await report(this.#options, state, signal);
    this.#reported = state;
    this.#reportedAt = performance.now();
  }

  /** A server that is away is reported by the receive loop. */
  #couldNot(error: unknown): void {
    if (error instanceof Error && 'retryable' in error && error.retryable === true) return;
    const { gate, queue } = this.#options;
    const state = gate.isOpen ? 'messages are received' : 'nothing is received';
    this.#unread.raise(`Whether ${queue} is paused could not be read; as before, ${state}. ${reasonOf(error)}`);
  }
}

/**
 * Reports a worker for the first time, and closes the gate where its queue is paused. Waits as long as the database can't do it: without
 * its procedures the schema is older than the worker.
 *
 * @throws what waiting doesn't heal, such as a missing permission; the reason of `drain`
 */
export async function joinQueue(options: PresenceOptions): Promise<Presence> {
  const { queue, gate, classify, context } = options;
  const { logger, drain } = context;
  const readiness = new DependencyReadiness('not-paused', ({ state, reason }, previous) => {
    if (state === 'down') logger.warn({ queue, reason }, `Nothing is received from ${queue}. ${reason}`);
    else if (previous.state === 'down') logger.info({ queue }, `${queue} is not paused any more`);
  });
  context.addReadiness(readiness);
  const joined: { id: number; state: PresenceState }[] = [];
  await patiently(
    async () => {
      applyPauses(await readPauses(options, drain), gate, readiness);
      const state = stateOf(gate);
      joined.push({ id: await report(options, state, drain), state });
      return undefined;
    },
    {
      signal: drain,
      mayHeal: (error) => classify(error).kind !== 'fatal',
      onAway: (error) => readiness.down(reasonOf(error)),
    },
  );
  const [last] = joined.slice(-1);
  if (last === undefined) throw new TypeError('An attempt that succeeds has reported.');
  return new Presence(options, readiness, last.id, last.state);
}

/** One sentence for each pause. */
async function readPauses(
  { client, procedures, queue, instance }: PresenceOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const context = { operation: `asking whether ${queue} is paused` };
  const rows = await client.execute(
    procedures.pauseProcedure,
    { QueueName: queue, Instance: instance },
    { signal, context },
  );
  return z.array(pauseRow).parse(rows);
}

function applyPauses(pauses: readonly string[], gate: ReceiveGate, readiness: DependencyReadiness): void {
  if (pauses.length === 0) {
    gate.open();
    readiness.up();
  } else {
    gate.close();
    readiness.down(pauses.join(' '), { isOnPurpose: true });
  }
}

function stateOf(gate: ReceiveGate): PresenceState {
  if (gate.isOpen) return 'RECEIVING';
  return gate.inside === 0 ? 'PAUSED' : 'PAUSING';
}

async function report(options: PresenceOptions, state: PresenceState, signal: AbortSignal): Promise<number> {
  const { client, procedures, workerId, instance, program, version, queue } = options;
  const [row] = await client.query(
    `DECLARE @Id INT;
EXEC ${quoteQualifiedName(procedures.reportProcedure)} @WorkerId = @WorkerId, @Instance = @Instance, @Program = @Program,
  @Version = @Version, @QueueName = @QueueName, @State = @State, @WorkerInstanceId = @Id OUTPUT;
SELECT @Id AS [id];`,
    {
      WorkerId: sqlParameter.uniqueidentifier(workerId),
      Instance: instance,
      Program: program,
      Version: version,
      QueueName: queue,
      State: state,
    },
    reportRow,
    { signal, context: { operation: `reporting to ${procedures.reportProcedure}` } },
  );
  if (row === undefined) throw new TypeError('SELECT of a variable gives one row.');
  return row.id;
}
