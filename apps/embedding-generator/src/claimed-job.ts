/** A job that this process has a lease of. */
export interface ClaimedJob {
  readonly id: bigint;
  readonly leaseToken: bigint;
  /** Claims so far, this one included, without those that an outage ended. */
  readonly attempts: number;
  readonly atomId: bigint;
  readonly tenantId: number;
}
