import { BusyError, TenantShareTakenError } from '../errors.ts';
import type { Tenants } from '../identity/tenants.ts';

/**
 * So many of something at a time. Where several tenants may want them, one gets another only while it has fewer than are free: alone at most half,
 * beside others less, so that who comes next finds one however many one tenant asks for, and however long it keeps them.
 */
export class Slots {
  readonly #most: number;
  readonly #what: string;
  readonly #tenants: Pick<Tenants, 'areSeveral'>;
  readonly #taken = new Map<number, number>();
  #free: number;

  /** @param what in the plural, for the answer: `uploads` */
  constructor(most: number, what: string, tenants: Pick<Tenants, 'areSeveral'>) {
    this.#most = most;
    this.#what = what;
    this.#tenants = tenants;
    this.#free = most;
  }

  /**
   * Takes one until it is disposed of.
   *
   * @throws BusyError where none is free, TenantShareTakenError where those that are are kept for others
   */
  async take(tenantId: number): Promise<Disposable> {
    const isShared = await this.#tenants.areSeveral();
    const own = this.#taken.get(tenantId) ?? 0;
    if (this.#free === 0)
      throw new BusyError(`The API has ${this.#most} ${this.#what} already, which is its limit.`, 1);
    if (isShared && own >= this.#free) throw new TenantShareTakenError(own, this.#most, this.#what);
    this.#free -= 1;
    this.#taken.set(tenantId, own + 1);
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#free += 1;
        const left = (this.#taken.get(tenantId) ?? 1) - 1;
        if (left === 0) this.#taken.delete(tenantId);
        else this.#taken.set(tenantId, left);
      },
    };
  }
}
