import type { BrokerClient } from '@hartonomous/broker-client';
import { type QueueState, queueStates, type SyncLag, syncLag, usualLagMinutes } from '@hartonomous/operations';
import { SharedPoller } from '../live/shared-poller.ts';

/** What was seen, and when. */
export interface QueuesSeen {
  readonly seenAt: Date;
  readonly queues: readonly QueueState[];
  readonly syncLag: SyncLag;
}

/** Milliseconds that a look is shared for; counting a deep queue is a scan of it, however many watch. */
const sharedMs = 2_000;
/** Milliseconds for a look. */
const timeoutMs = 20_000;

/** What the queues do, looked at once for all who ask and all who watch. */
export class QueueView {
  readonly #client: BrokerClient;
  readonly #poller = new SharedPoller(() => this.look(), sharedMs);
  #look: { readonly begunAt: number; readonly seen: Promise<QueuesSeen> } | undefined;

  constructor(client: BrokerClient) {
    this.#client = client;
  }

  /** @throws BrokerError */
  look(): Promise<QueuesSeen> {
    if (this.#look === undefined || performance.now() - this.#look.begunAt > sharedMs) {
      this.#look = { begunAt: performance.now(), seen: this.#see() };
    }
    return this.#look.seen;
  }

  /** Each look, until `signal` is aborted. @throws BrokerError that waiting doesn't heal */
  watch(signal: AbortSignal): AsyncGenerator<QueuesSeen, void> {
    return this.#poller.follow(signal);
  }

  async #see(): Promise<QueuesSeen> {
    const signal = AbortSignal.timeout(timeoutMs);
    const [queues, lag] = await Promise.all([
      Array.fromAsync(queueStates(this.#client, signal)),
      syncLag(this.#client, usualLagMinutes, signal),
    ]);
    return { seenAt: new Date(), queues, syncLag: lag };
  }
}
