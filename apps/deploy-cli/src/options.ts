import { secret, sqlConnectionString } from '@hartonomous/config-loader';
import { embeddingShape } from '@hartonomous/embedding-settings';
import { z } from 'zod';

const neo4jUri = z
  .string()
  .regex(
    /^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s#@]+\/?$/,
    'an address like bolt://localhost:7687; user and password have settings of their own',
  );

/** Settings of the commands that use SQL Server. */
export const databaseSettingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
});

/** Settings of the commands that use Neo4j. */
export const graphSettingsSchema = z.object({
  Neo4j: z.object({
    Uri: neo4jUri,
    Username: z.string().min(1, 'a user name'),
    Password: secret(),
    Database: z.string().min(1).default('neo4j'),
  }),
});

/** Settings of the commands that embed questions: the generator's, which may have more in the section. */
export const embeddingSettingsSchema = z.object({ Embedding: z.object(embeddingShape).prefault({}) });

/** Whether this environment has a graph at all; `verify` leaves it out where not. */
export const graphSwitchSchema = z.object({
  Neo4j: z.object({ Enabled: z.boolean().default(true) }).prefault({}),
});

/** See {@link graphSettingsSchema}. */
export type GraphSettings = z.output<typeof graphSettingsSchema>;
