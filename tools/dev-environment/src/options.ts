import { z } from 'zod';

/** Where the environment listens and with which passwords. */
export const environmentOptionsSchema = z.strictObject({
  /** Port of the SQL Server emulator; 0 takes a free one. */
  sqlPort: z.int().min(0).max(65_535),
  /** Bolt port of Neo4j; 0 takes a free one. */
  neo4jPort: z.int().min(0).max(65_535),
  /** Port of the sync worker's health endpoint; 0 takes a free one. */
  healthPort: z.int().min(0).max(65_535),
  /** Port of the ingestion worker's health endpoint; 0 takes a free one. */
  consumerHealthPort: z.int().min(0).max(65_535),
  /** Port of the embedding worker's health endpoint; 0 takes a free one. */
  generatorHealthPort: z.int().min(0).max(65_535),
  saPassword: z.string().min(1),
  neo4jPassword: z.string().min(8, 'Neo4j asks for at least 8 characters'),
  /** Folder that keeps the data of both servers; absent = nothing is kept. */
  data: z.string().min(1).optional(),
  /** Lowest level the workers log at. `debug` shows every message. */
  workerLogLevel: z.enum(['debug', 'info', 'warn']),
});

export type EnvironmentOptions = z.output<typeof environmentOptionsSchema>;

/** Database of the runbook. */
export const databaseName = 'Hartonomous';
