import type { BrokerInstance } from '../../broker/broker-instance.ts';
import type { CatalogClock } from '../catalog/catalog.ts';
import type { DatabaseStore } from '../storage/database-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** What a database needs of the server that holds it. */
export interface ServerStorage {
  readonly store: DatabaseStore;
  readonly objects: ObjectStore;
  readonly clock: CatalogClock;
  /** The next object id; never the same twice on one server. */
  nextObjectId(first: number): number;
  readonly brokers: BrokerInstance;
}
