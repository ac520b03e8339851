import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DeployEvent,
  deployGraphSchema,
  type GraphConnection,
  type GraphConnectionOptions,
  type SchemaDeployment,
} from '@hartonomous/graph-sync';
import { type GraphSchema, graphSchema } from '@hartonomous/provenance-schema';
import { nameAndVersion } from '../app-version.ts';
import { BackupFolderError } from '../errors.ts';
import { openGraph } from '../servers/graph.ts';

/** Options of {@link deployGraph}. */
export interface GraphDeploymentOptions {
  readonly connection: GraphConnectionOptions;
  /** @default the schema of @hartonomous/provenance-schema */
  readonly schema?: GraphSchema;
  /** Folder for a file with what was there before, made when it is missing; `null` makes no backup. @default null */
  readonly backupFolder?: string | null;
  /** Told before and after each of the six steps, and while migrations are applied. */
  readonly onProgress?: (progress: DeployEvent) => void;
  readonly signal?: AbortSignal;
}

/** What a deployment found at its end. */
export interface GraphDeployment {
  readonly uri: string;
  readonly database: string;
  readonly version: string;
  readonly edition: 'community' | 'enterprise';
  readonly backupFile: string | null;
  readonly report: SchemaDeployment;
}

/**
 * Brings the graph's constraints, indexes and reference nodes to what the schema has, in the six steps of runbook R5.
 * It never drops anything but what a migration says, and running it again changes nothing.
 *
 * @throws GraphSyncError (of graph-sync) when Neo4j can't be reached or refuses something
 * @throws BackupFolderError when the backup's folder can't be made
 */
export async function deployGraph(options: GraphDeploymentOptions): Promise<GraphDeployment> {
  const { onProgress = () => undefined, schema = graphSchema, signal } = options;
  // Connecting is the first half of the first step, so its failure belongs to it.
  onProgress({ step: 'connection', number: 1, state: 'started' });
  await using connection = await openGraph(options.connection, signal);
  const backupFile = await backupFileOf(connection, options.backupFolder ?? null);
  const report = await deployGraphSchema(connection, {
    schema,
    backupFile,
    appliedBy: nameAndVersion(),
    onStep: (event) => {
      if (event.step !== 'connection' || event.state !== 'started') onProgress(event);
    },
    signal,
  });
  const { uri, database, version, edition } = connection;
  return { uri, database, version, edition, backupFile, report };
}

async function backupFileOf({ database }: GraphConnection, folder: string | null): Promise<string | null> {
  if (folder === null) return null;
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new BackupFolderError(folder, error);
  }
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return join(folder, `neo4j-schema-${database}-${time}.cypher`);
}
