import { lockNotHeld } from './errors.ts';

export type ApplicationLockMode = 'Shared' | 'Update' | 'Exclusive' | 'IntentShared' | 'IntentExclusive';

/** Which modes may be held at the same time. Source: Microsoft's documentation of sp_getapplock and lock compatibility. */
const compatible: Readonly<Record<ApplicationLockMode, readonly ApplicationLockMode[]>> = {
  IntentShared: ['IntentShared', 'Shared', 'Update', 'IntentExclusive'],
  Shared: ['IntentShared', 'Shared', 'Update'],
  Update: ['IntentShared', 'Shared'],
  IntentExclusive: ['IntentShared', 'IntentExclusive'],
  Exclusive: [],
};

interface Holder {
  readonly sessionId: number;
  readonly mode: ApplicationLockMode;
  /** True when the lock belongs to the session, false when it ends with the transaction. */
  readonly bySession: boolean;
}

interface Waiter {
  readonly holder: Holder;
  readonly granted: () => void;
}

interface Resource {
  holders: Holder[];
  waiters: Waiter[];
}

/** The locks of sp_getapplock. */
export class ApplicationLocks {
  readonly #resources = new Map<string, Resource>();

  /**
   * Takes a lock, waiting for it as long as allowed.
   *
   * @param timeoutMs -1 waits forever
   * @returns 0 granted at once, 1 granted after a wait, -1 time-out, -2 cancelled
   */
  async acquire(resource: string, holder: Holder, timeoutMs: number, signal: AbortSignal): Promise<0 | 1 | -1 | -2> {
    const entry = this.#resources.get(resource) ?? { holders: [], waiters: [] };
    this.#resources.set(resource, entry);
    if (entry.waiters.length === 0 && this.#grantable(entry, holder)) {
      entry.holders.push(holder);
      return 0;
    }
    if (timeoutMs === 0) return -1;
    const { promise, resolve } = Promise.withResolvers<1 | -1 | -2>();
    const waiter: Waiter = { holder, granted: () => resolve(1) };
    entry.waiters.push(waiter);
    const onAbort = (): void => resolve(-2);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = timeoutMs < 0 ? undefined : setTimeout(() => resolve(-1), timeoutMs);
    const outcome = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (outcome !== 1) {
      entry.waiters = entry.waiters.filter((candidate) => candidate !== waiter);
      this.#advance(resource, entry);
    }
    return outcome;
  }

  /** @throws {SqlError} 1223 when the session does not hold the lock */
  release(resource: string, sessionId: number, bySession: boolean): void {
    const entry = this.#resources.get(resource);
    const index =
      entry?.holders.findIndex((held) => held.sessionId === sessionId && held.bySession === bySession) ?? -1;
    if (entry === undefined || index < 0) {
      throw lockNotHeld(resource);
    }
    entry.holders.splice(index, 1);
    this.#advance(resource, entry);
  }

  /** Gives back what the session's transaction held. */
  releaseTransaction(sessionId: number): void {
    this.#releaseWhere((held) => held.sessionId === sessionId && !held.bySession);
  }

  /** Gives back everything the session held. */
  releaseSession(sessionId: number): void {
    this.#releaseWhere((held) => held.sessionId === sessionId);
  }

  #releaseWhere(belongs: (held: Holder) => boolean): void {
    for (const [resource, entry] of this.#resources) {
      const kept = entry.holders.filter((held) => !belongs(held));
      if (kept.length === entry.holders.length) continue;
      entry.holders = kept;
      this.#advance(resource, entry);
    }
  }

  #grantable(entry: Resource, wanted: Holder): boolean {
    return entry.holders.every(
      (held) => held.sessionId === wanted.sessionId || compatible[wanted.mode].includes(held.mode),
    );
  }

  #advance(resource: string, entry: Resource): void {
    for (
      let first = entry.waiters[0];
      first !== undefined && this.#grantable(entry, first.holder);
      first = entry.waiters[0]
    ) {
      entry.waiters.shift();
      entry.holders.push(first.holder);
      first.granted();
    }
    if (entry.holders.length === 0 && entry.waiters.length === 0) this.#resources.delete(resource);
  }
}
