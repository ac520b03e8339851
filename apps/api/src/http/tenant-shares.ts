/**
 * Who has how many of something that there is only so much of. A share is fair while a tenant has fewer than are free: alone at most half,
 * beside others less, so that who comes next finds one.
 */
export class TenantShares {
  readonly #taken = new Map<number, number>();
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  get free(): number {
    return this.#free;
  }

  of(tenantId: number): number {
    return this.#taken.get(tenantId) ?? 0;
  }

  /** Whether one more is within the tenant's share. */
  hasRoomFor(tenantId: number): boolean {
    return this.of(tenantId) < this.#free;
  }

  take(tenantId: number): void {
    this.#free -= 1;
    this.#taken.set(tenantId, this.of(tenantId) + 1);
  }

  giveBack(tenantId: number): void {
    this.#free += 1;
    const left = this.of(tenantId) - 1;
    if (left === 0) this.#taken.delete(tenantId);
    else this.#taken.set(tenantId, left);
  }
}
