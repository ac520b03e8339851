import type { BrokerClient } from '@hartonomous/broker-client';
import { ingestionQueueAge } from '@hartonomous/operations';
import { QueueBehindError } from '../errors.ts';
import { Slots } from '../http/slots.ts';
import type { Tenants } from '../identity/tenants.ts';
import type { Settings } from '../options.ts';

/** Milliseconds that an age is believed; senders by the hundred ask SQL once. */
const believedMs = 1_000;
const longestRetrySeconds = 60;

/** Lets files in while there is room, and while those that came before don't wait too long. */
export class UploadGate {
  readonly #client: BrokerClient;
  readonly #maxAgeMs: number;
  readonly #slots: Slots;
  #age: { readonly at: number; readonly ms: number } | undefined;

  constructor(client: BrokerClient, tenants: Tenants, { MaxUploads, MaxQueueAgeSeconds }: Settings['Api']) {
    this.#client = client;
    this.#maxAgeMs = MaxQueueAgeSeconds * 1_000;
    this.#slots = new Slots(MaxUploads, 'uploads', tenants);
  }

  /** A place for one file of a tenant until it is disposed of. @throws BusyError, TenantShareTakenError, QueueBehindError, BrokerError */
  async enter(tenantId: number, signal: AbortSignal): Promise<Disposable> {
    const slot = await this.#slots.take(tenantId);
    try {
      const ageMs = await this.#oldest(signal);
      if (ageMs <= this.#maxAgeMs) return slot;
      const seconds = Math.ceil((ageMs - this.#maxAgeMs) / 1_000);
      throw new QueueBehindError(Math.round(ageMs / 1_000), Math.min(longestRetrySeconds, Math.max(5, seconds)));
    } catch (error) {
      slot[Symbol.dispose]();
      throw error;
    }
  }

  async #oldest(signal: AbortSignal): Promise<number> {
    const now = performance.now();
    if (this.#age !== undefined && now - this.#age.at < believedMs) return this.#age.ms;
    const ms = await ingestionQueueAge(this.#client, signal);
    this.#age = { at: performance.now(), ms };
    return ms;
  }
}
