import type { BrokerClient } from '@hartonomous/broker-client';
import { type QueueState, queueStates } from '@hartonomous/operations';

/** What was seen, and when. */
export interface QueuesSeen {
  readonly seenAt: Date;
  readonly queues: readonly QueueState[];
}

/** Milliseconds that a look is shared for; counting a deep queue is a scan of it, however many watch. */
const sharedMs = 2_000;
/** Milliseconds for a look. */
const timeoutMs = 20_000;

/** What the queues do, looked at once for all who ask. */
export class QueueView {
  readonly #client: BrokerClient;
  #look: { readonly begunAt: number; readonly seen: Promise<QueuesSeen> } | undefined;

  constructor(client: BrokerClient) {
    this.#client = client;
  }

  /** @throws BrokerError */
  look(): Promise<QueuesSeen> {
    if (this.#look === undefined || performance.now() - this.#look.begunAt > sharedMs) {
      const queues = Array.fromAsync(queueStates(this.#client, AbortSignal.timeout(timeoutMs)));
      this.#look = { begunAt: performance.now(), seen: queues.then((seen) => ({ seenAt: new Date(), queues: seen })) };
    }
    return this.#look.seen;
  }
}
