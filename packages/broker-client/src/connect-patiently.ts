import { setTimeout as pause } from 'node:timers/promises';
import { type BackOffOptions, backOffMs, outageBackOff } from './back-off.ts';
import type { BrokerClient } from './broker-client.ts';
import { connectBroker } from './connect-broker.ts';
import { BrokerError } from './errors.ts';
import type { BrokerOptions } from './options.ts';
import { orAborted } from './or-aborted.ts';
import type { QueueStatus } from './queue-inspection.ts';

/** How something is waited for. */
export interface PatienceOptions {
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** Called at every attempt that failed. */
  readonly onAway: (error: unknown) => void;
  /** Pauses between attempts. @default {@link outageBackOff} */
  readonly backOff?: BackOffOptions;
}

/**
 * Connects to something, and where it isn't there, again and again with growing pauses.
 *
 * @param mayHeal says whether waiting may help; any other error is thrown at once
 * @throws the reason of `signal` when it is aborted first; what connects after that is closed
 */
export async function connectPatiently<T extends AsyncDisposable>(
  connect: () => Promise<T>,
  mayHeal: (error: unknown) => boolean,
  { signal, onAway, backOff = outageBackOff }: PatienceOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await orAborted(connect(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!mayHeal(error)) throw error;
      onAway(error);
    }
    await pause(backOffMs(attempt, backOff), undefined, { signal });
  }
}

/** A client, and the queue that it was asked for. */
export interface ConnectedQueue extends AsyncDisposable {
  readonly client: BrokerClient;
  /** As it was at the connection. Activation that is on competes with this program for the messages. */
  readonly status: QueueStatus;
}

/**
 * Connects to SQL Server and looks at a queue; waits as long as the server is away.
 *
 * @throws BrokerError for what waiting doesn't heal: a refused login, a missing queue or right
 * @throws the reason of `patience.signal` when it is aborted first
 */
export async function connectQueue(
  queue: string,
  options: BrokerOptions,
  patience: PatienceOptions,
): Promise<ConnectedQueue> {
  const connect = async (): Promise<ConnectedQueue> => {
    const client = await connectBroker(options);
    try {
      const status = await client.queueStatus(queue);
      return { client, status, [Symbol.asyncDispose]: () => client.close() };
    } catch (error) {
      await client.close();
      throw error;
    }
  };
  return await connectPatiently(connect, (error) => error instanceof BrokerError && error.retryable, patience);
}
