import { neo4jConnectionShape, sqlConnectionString } from '@hartonomous/config-loader';
import { embeddingShape } from '@hartonomous/embedding-settings';
import { z } from 'zod';

/** Settings of the commands that use SQL Server. */
export const databaseSettingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
});

/** Settings of the commands that use Neo4j. */
export const graphSettingsSchema = z.object({
  Neo4j: z.object(neo4jConnectionShape()),
});

/** Settings of the commands that embed questions: the generator's, which may have more in the section. */
export const embeddingSettingsSchema = z.object({ Embedding: z.object(embeddingShape).prefault({}) });

/** Whether this environment has a graph at all; `verify` leaves it out where not. */
export const graphSwitchSchema = z.object({
  Neo4j: z.object({ Enabled: z.boolean().default(true) }).prefault({}),
});

/** See {@link graphSettingsSchema}. */
export type GraphSettings = z.output<typeof graphSettingsSchema>;
