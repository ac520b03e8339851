import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import type { GraphConnectionOptions } from '@hartonomous/graph-sync';
import { z } from 'zod';
import { databaseSettingsSchema, type GraphSettings, graphSettingsSchema, graphSwitchSchema } from './options.ts';
import type { Settings } from './settings.ts';

/** Where the servers are. */
export interface ConnectionSettings {
  readonly database: SqlConnectionSettings;
  /** Undefined where Neo4j:Enabled is false. */
  readonly graph: GraphSettings | undefined;
}

/**
 * The settings of database and graph, both in one schema, so that everything that is wrong is said at once.
 *
 * @throws ConfigurationError with every problem
 */
export function connectionSettings(settings: Settings): ConnectionSettings {
  if (!settings.get(graphSwitchSchema).Neo4j.Enabled) {
    return { database: settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, graph: undefined };
  }
  const both = settings.get(z.object({ ...databaseSettingsSchema.shape, ...graphSettingsSchema.shape }));
  return { database: both.ConnectionStrings.HartonomousDb, graph: { Neo4j: both.Neo4j } };
}

/** The settings of Neo4j in the words of graph-sync. */
export function graphConnection({ Neo4j }: GraphSettings): GraphConnectionOptions {
  return { uri: Neo4j.Uri, username: Neo4j.Username, password: Neo4j.Password.reveal(), database: Neo4j.Database };
}
