import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { BrokerClient } from './broker-client.ts';
import type { EndpointCount, LeakedCount, StuckTransmission } from './broker-health.ts';
import { InvalidBrokerOptionsError } from './errors.ts';
import type { RetryTarget, WaitingRetries } from './message-retries.ts';
import { parseOptions } from './options.ts';
import type { WaitingMessages } from './queue-backlog.ts';
import type { QueueStatus } from './queue-inspection.ts';

/** What can be seen of a queue and what feeds it. A part that could not be read is undefined. */
export interface QueueObservation {
  readonly status?: QueueStatus;
  readonly waiting?: WaitingMessages;
  /** Messages of the queue that wait for another try; absent too where the options name no table of retries. */
  readonly retries?: WaitingRetries;
  readonly endpoints?: readonly EndpointCount[];
  /** What is in the transmission queue of the whole database. */
  readonly stuck?: readonly StuckTransmission[];
  /** Leaked conversations by queue; absent too where no procedure counts them. */
  readonly leaked?: readonly LeakedCount[];
  readonly isBrokerEnabled?: boolean;
}

/** One of the parts of {@link QueueObservation}. */
export type ObservationPart = keyof QueueObservation;

/** Schema of the checked part of {@link QueueWatchOptions}. */
const queueWatchOptionsSchema = z.object({
  queue: z.string().min(1),
  intervalMs: z.int().min(100).max(3_600_000).default(15_000),
  timeoutMs: z.int().min(100).max(600_000).default(10_000),
});

/** Options of {@link QueueWatch}. */
export interface QueueWatchOptions {
  /** Uses one connection of it at a time. */
  readonly client: Pick<
    BrokerClient,
    'queueStatus' | 'waitingMessages' | 'waitingRetries' | 'brokerHealth' | 'isBrokerEnabled'
  >;
  readonly queue: string;
  /** Where messages of failed batches wait for another try. @default none is looked at */
  readonly retries?: Pick<RetryTarget, 'table'>;
  /** Milliseconds between two checks. Counting a deep queue costs the server a scan of it. @default 15000 */
  readonly intervalMs?: number;
  /** Milliseconds that one statement of a look may take. @default 10000 */
  readonly timeoutMs?: number;
  /** Called after every look. */
  readonly onObserved?: (observation: QueueObservation) => void;
  /** Called for each part that could not be read, at every look. */
  readonly onFailed?: (part: ObservationPart, error: unknown) => void;
}

/**
 * Looks at a queue now and then: how much waits and since when, whether it and the broker are switched on, what is stuck on
 * the way to it, how many conversations there are. This is what shows that the upstream is switched off, which a reader that
 * finds its queue empty can't tell from a quiet day.
 *
 * Each part is read for itself, so a login that may not see one of them sees the others.
 */
export class QueueWatch {
  readonly #options: QueueWatchOptions;
  readonly #checked: z.output<typeof queueWatchOptionsSchema>;
  #latest: QueueObservation = {};
  #failures = new Map<ObservationPart, number>();

  /** @throws InvalidBrokerOptionsError naming every problem */
  constructor(options: QueueWatchOptions) {
    this.#options = options;
    this.#checked = parseOptions(queueWatchOptionsSchema, options);
  }

  /** {@link allWaiting} of the last look. */
  get waiting(): ReturnType<typeof allWaiting> {
    return allWaiting(this.#latest, this.#options.retries !== undefined);
  }

  /** What the last look saw; empty before the first. A part that the last look could not read is absent, never old. */
  get latest(): QueueObservation {
    return this.#latest;
  }

  /** How often each part could not be read, since the start. */
  get failures(): ReadonlyMap<ObservationPart, number> {
    return this.#failures;
  }

  /** Looks at once and then at every interval, until `signal` is aborted. Never rejects: failures are reported and counted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal);
      await pause(this.#checked.intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Looks once. Never rejects but for a wrong name of the queue. */
  async look(signal: AbortSignal): Promise<QueueObservation> {
    const { client, retries: target } = this.#options;
    const { queue, timeoutMs } = this.#checked;
    const options = { signal, timeoutMs };
    const status = await this.#part('status', signal, () => client.queueStatus(queue, options));
    const waiting = await this.#part('waiting', signal, () => client.waitingMessages(queue, options));
    const retries =
      target && (await this.#part('retries', signal, () => client.waitingRetries(queue, target, options)));
    const isBrokerEnabled = await this.#part('isBrokerEnabled', signal, () => client.isBrokerEnabled(options));
    // One look shows both; what keeps the one from being seen keeps the other.
    const health = signal.aborted ? undefined : client.brokerHealth(options);
    const stuck = await this.#part('stuck', signal, async () => (await health)?.stuck);
    const endpoints = await this.#part('endpoints', signal, async () => (await health)?.endpoints);
    const leaked = endpoints === undefined ? undefined : (await health)?.leaked;
    this.#latest = {
      ...(status === undefined ? {} : { status }),
      ...(waiting === undefined ? {} : { waiting }),
      ...(retries === undefined ? {} : { retries }),
      ...(isBrokerEnabled === undefined ? {} : { isBrokerEnabled }),
      ...(stuck === undefined ? {} : { stuck }),
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(leaked === undefined ? {} : { leaked }),
    };
    if (!signal.aborted) this.#options.onObserved?.(this.#latest);
    return this.#latest;
  }

  async #part<T>(part: ObservationPart, signal: AbortSignal, read: () => Promise<T>): Promise<T | undefined> {
    if (signal.aborted) return undefined;
    try {
      return await read();
    } catch (error) {
      if (error instanceof InvalidBrokerOptionsError) throw error;
      if (signal.aborted) return undefined;
      this.#failures.set(part, (this.#failures.get(part) ?? 0) + 1);
      this.#options.onFailed?.(part, error);
      return undefined;
    }
  }
}

/**
 * All that waits: in the queue and for another try. Undefined when a part of it could not be seen.
 * @param isWithRetries whether the queue has a table of retries
 */
export function allWaiting(
  { waiting, retries }: QueueObservation,
  isWithRetries: boolean,
): Pick<WaitingMessages, 'messages' | 'oldestAgeMs'> | undefined {
  if (waiting === undefined || (isWithRetries && retries === undefined)) return undefined;
  if (retries === undefined) return waiting;
  const ages = [waiting.oldestAgeMs, retries.oldestAgeMs].filter((age) => age !== null);
  return {
    messages: waiting.messages + retries.messages,
    oldestAgeMs: ages.length === 0 ? null : Math.max(...ages),
  };
}

/** Something upstream that keeps messages from coming. */
export interface UpstreamProblem {
  readonly kind: 'broker-disabled' | 'queue-disabled' | 'transmission-backlog' | 'activation-competes';
  /** For people: what is seen. */
  readonly message: string;
  /** For people: what to do, where it is one statement with it. */
  readonly action: string;
  /** Both of them, for places with one line. */
  readonly text: string;
}

/** Options of {@link upstreamProblems}. */
export interface UpstreamOptions {
  readonly queue: string;
  /** Milliseconds that a message may wait in the transmission queue. Under a second is normal while a queue is busy. */
  readonly maxTransmissionAgeMs: number;
  /** @default the present time; `enqueue_time` is UTC */
  readonly now?: Date;
}

/** What an observation says about why messages don't come although the queue can be read. */
export function upstreamProblems(
  { status, isBrokerEnabled, stuck = [] }: QueueObservation,
  { queue, maxTransmissionAgeMs, now = new Date() }: UpstreamOptions,
): readonly UpstreamProblem[] {
  const problems: UpstreamProblem[] = [];
  const add = (kind: UpstreamProblem['kind'], message: string, action: string) =>
    problems.push({ kind, message, action, text: `${message} ${action}` });
  if (isBrokerEnabled === false) {
    add(
      'broker-disabled',
      'Service Broker is switched off in the database, so messages are not delivered.',
      'ALTER DATABASE CURRENT SET ENABLE_BROKER;',
    );
  }
  if (status !== undefined && !(status.isReceiveEnabled && status.isEnqueueEnabled)) {
    const perhaps = status.isPoisonMessageHandlingEnabled ? ', perhaps by five rollbacks in a row' : '';
    const action = `Once the cause is gone: ALTER QUEUE ${queue} WITH STATUS = ON;`;
    add('queue-disabled', `${queue} is switched off${perhaps}.`, action);
  }
  if (status?.isActivationEnabled === true) {
    add(
      'activation-competes',
      `${queue} also activates ${status.activationProcedure} inside SQL Server, which takes messages from its readers.`,
      `ALTER QUEUE ${queue} WITH ACTIVATION (STATUS = OFF);`,
    );
  }
  const late = stuck.filter(
    ({ oldestEnqueuedAt }) => now.getTime() - oldestEnqueuedAt.getTime() > maxTransmissionAgeMs,
  );
  if (late.length > 0) {
    const messages = late.reduce((sum, each) => sum + each.messages, 0);
    const [first] = late;
    const why = first?.status ? ` (${first.status})` : '';
    add(
      'transmission-backlog',
      `${messages} ${messages === 1 ? 'message waits' : 'messages wait'} in sys.transmission_queue, for example for ${first?.toService}${why}.`,
      'Once the cause is gone they are delivered by themselves.',
    );
  }
  return problems;
}
