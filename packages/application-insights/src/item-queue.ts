import { setTimeout as pause } from 'node:timers/promises';
import { type BackOffOptions, backOffMs } from '@hartonomous/back-off';
import type { InsightsConnection } from './connection-string.ts';
import { type Envelope, envelopeOf, type TelemetryItem } from './envelope.ts';
import { track } from './track.ts';

/** Options of {@link ItemQueue}. */
export interface ItemQueueOptions {
  readonly connection: InsightsConnection;
  /** Told when items can't be sent, once until they can; and how many were lost. */
  readonly onProblem: (text: string) => void;
  /** Certificate of an authority besides those of Node. */
  readonly ca?: string | undefined;
  /** Milliseconds that items are gathered. @default 5000 */
  readonly intervalMs?: number;
}

/** Most items in memory; beyond, the oldest are dropped. Some 10 MB. */
const capacity = 10_000;
/** Most items in a request. */
const batchItems = 500;
const outage: BackOffOptions = { baseMs: 1_000, maxMs: 60_000 };

/**
 * Items on their way to Application Insights: gathered, sent in batches, kept while the service is away up to a fixed number. It holds
 * up nobody; what is lost is counted and told.
 */
export class ItemQueue implements AsyncDisposable {
  readonly #options: ItemQueueOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #waiting: Envelope[] = [];
  #dropped = 0;
  #isTold = false;

  constructor(options: ItemQueueOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Items that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  add(items: readonly TelemetryItem[]): void {
    const { instrumentationKey } = this.#options.connection;
    for (const item of items) this.#waiting.push(envelopeOf(item, instrumentationKey));
    this.#limit();
  }

  /** Tries once to send what waits. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 && (await this.#sendBatch()) === undefined);
  }

  /** Sends what waits, once, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.flush();
    if (this.#waiting.length > 0) this.#options.onProblem(`Telemetry items not sent: ${this.#waiting.length}`);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    let waitMs = this.#options.intervalMs ?? 5_000;
    while (!signal.aborted) {
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = this.#options.intervalMs ?? 5_000;
      while (this.#waiting.length > 0 && !signal.aborted) {
        const retryAfterMs = await this.#sendBatch();
        if (retryAfterMs === undefined) {
          failures = 0;
          continue;
        }
        failures += 1;
        waitMs = Math.max(retryAfterMs, backOffMs(failures, outage));
        break;
      }
    }
  }

  /** Returns undefined when the service took the batch or refused it for good, else how long it asks to wait at least. */
  async #sendBatch(): Promise<number | undefined> {
    const { connection, ca, onProblem } = this.#options;
    const batch = this.#waiting.splice(0, batchItems);
    const { again, refused, reason, retryAfterMs = 0 } = await track(connection, batch, ca);
    this.#waiting.unshift(...again);
    this.#limit();
    if (reason === undefined) {
      if (this.#dropped > 0)
        onProblem(`Telemetry items dropped while Application Insights was unavailable: ${this.#dropped}`);
      this.#dropped = 0;
      this.#isTold = false;
      return undefined;
    }
    if (!this.#isTold) {
      const lost = refused > 0 ? `; ${refused} of ${batch.length} items are lost` : '';
      onProblem(
        `Application Insights at ${new URL(connection.endpoint).host} does not take telemetry: ${reason}${lost}`,
      );
    }
    this.#isTold = true;
    return again.length > 0 ? retryAfterMs : undefined;
  }

  #limit(): void {
    const excess = this.#waiting.length - capacity;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
  }
}
