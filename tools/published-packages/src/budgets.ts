/** The most that a package may bring, so that growth is a decision. */
export interface Budget {
  /** Kilobytes of the package itself, unpacked. */
  readonly ownKb: number;
  /** Packages that it names as needed. */
  readonly dependencies: number;
}

/** Measured on 28 November 2026 (atomizers on the 29th, 2,554: readers of what came out wrong), with a fifth to spare. */
export const budgets: ReadonlyMap<string, Budget> = new Map([
  ['@hartonomous/back-off', { ownKb: 7, dependencies: 0 }],
  ['@hartonomous/application-insights', { ownKb: 80, dependencies: 6 }],
  ['@hartonomous/atomizers', { ownKb: 3_060, dependencies: 15 }],
  ['@hartonomous/broker-client', { ownKb: 690, dependencies: 5 }],
  ['@hartonomous/redaction', { ownKb: 50, dependencies: 0 }],
  ['@hartonomous/config-loader', { ownKb: 425, dependencies: 8 }],
  ['@hartonomous/embedding-providers', { ownKb: 2690, dependencies: 5 }],
  ['@hartonomous/embedding-settings', { ownKb: 40, dependencies: 3 }],
  ['@hartonomous/provenance-schema', { ownKb: 650, dependencies: 2 }],
  ['@hartonomous/graph-sync', { ownKb: 820, dependencies: 5 }],
  ['@hartonomous/operations', { ownKb: 1_950, dependencies: 10 }],
  ['@hartonomous/worker-host', { ownKb: 270, dependencies: 12 }],
  ['@hartonomous/queue-worker', { ownKb: 150, dependencies: 5 }],
  ['@hartonomous/azure-emulator', { ownKb: 170, dependencies: 3 }],
  ['@hartonomous/local-model', { ownKb: 70, dependencies: 2 }],
  ['@hartonomous/local-neo4j', { ownKb: 240, dependencies: 4 }],
  ['@hartonomous/service-broker-emulator', { ownKb: 6200, dependencies: 4 }],
]);
