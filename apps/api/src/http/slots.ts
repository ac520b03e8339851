import { BusyError, TenantShareTakenError } from '../errors.ts';
import type { Tenants } from '../identity/tenants.ts';
import { TenantShares } from './tenant-shares.ts';

/** So many of something at a time. Where several tenants may want them, each has its share, however long it keeps them. */
export class Slots {
  readonly #most: number;
  readonly #what: string;
  readonly #tenants: Pick<Tenants, 'areSeveral'>;
  readonly #shares: TenantShares;

  /** @param what in the plural, for the answer: `uploads` */
  constructor(most: number, what: string, tenants: Pick<Tenants, 'areSeveral'>) {
    this.#most = most;
    this.#what = what;
    this.#tenants = tenants;
    this.#shares = new TenantShares(most);
  }

  /**
   * Takes one until it is disposed of.
   *
   * @throws BusyError where none is free, TenantShareTakenError where those that are are kept for others
   */
  async take(tenantId: number): Promise<Disposable> {
    const isShared = await this.#tenants.areSeveral();
    const shares = this.#shares;
    if (shares.free === 0)
      throw new BusyError(`The API has ${this.#most} ${this.#what} already, which is its limit.`, 1);
    if (isShared && !shares.hasRoomFor(tenantId)) {
      throw new TenantShareTakenError(shares.of(tenantId), this.#most, this.#what);
    }
    shares.take(tenantId);
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (!isTaken) return;
        isTaken = false;
        shares.giveBack(tenantId);
      },
    };
  }
}
