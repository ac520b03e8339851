import { z } from 'zod';
import { secret, sqlConnectionString } from '../src/index.ts';

/** The settings of runbook R2 that a worker needs. */
export const workerSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object({ Uri: z.string().min(1), Username: z.string().min(1), Password: secret() }),
  Worker: z.object({ BatchSize: z.int().default(500) }).prefault({}),
});
