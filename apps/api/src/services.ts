import type { BrokerClient } from '@hartonomous/broker-client';
import type { GraphConnection, GraphNavigator, LineageReader } from '@hartonomous/graph-sync';
import type { Settings } from './options.ts';

/** What routes work with. */
export interface Services {
  readonly settings: Settings;
  readonly client: BrokerClient;
  readonly graph: GraphConnection;
  readonly lineage: LineageReader;
  readonly navigator: GraphNavigator;
}
