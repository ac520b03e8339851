import { z } from 'zod';

/** A query on the catalog views with the schema of its rows. */
export interface CatalogQuery<Row extends z.ZodType> {
  readonly sql: string;
  readonly row: Row;
}

function define<Row extends z.ZodType>(sql: string, row: Row): CatalogQuery<Row> {
  return { sql, row };
}

const named = z.object({ name: z.string() });
const owned = named.extend({ owner: z.string() });
const inSchema = named.extend({ schema: z.string() });
const column = z.object({
  objectId: z.number(),
  name: z.string(),
  type: z.string(),
  maxLength: z.number(),
  precision: z.number(),
  scale: z.number(),
  isNullable: z.boolean(),
  isIdentity: z.boolean(),
  isComputed: z.boolean(),
});
const part = z.object({ objectId: z.number(), name: z.string() });

/** The queries that tell what a database has. All read the catalog views of the current database only. */
export const catalogQueries = {
  users: define(`SELECT p.[name] FROM sys.database_principals AS p WHERE p.[type] = 'S';`, named),
  roles: define(
    `SELECT p.[name], ISNULL(USER_NAME(p.[owning_principal_id]), N'') AS [owner]
     FROM sys.database_principals AS p
     WHERE p.[type] = 'R';`,
    owned,
  ),
  messageTypes: define(
    `SELECT m.[name], RTRIM(m.[validation]) AS [validation], m.[xml_collection_id] AS [xmlCollectionId],
       ISNULL(USER_NAME(m.[principal_id]), N'') AS [owner]
     FROM sys.service_message_types AS m;`,
    owned.extend({ validation: z.enum(['N', 'E', 'X']), xmlCollectionId: z.number().nullable() }),
  ),
  contracts: define(
    `SELECT c.[name], m.[name] AS [messageType], u.[is_sent_by_initiator] AS [byInitiator], u.[is_sent_by_target] AS [byTarget],
       ISNULL(USER_NAME(c.[principal_id]), N'') AS [owner]
     FROM sys.service_contracts AS c
     INNER JOIN sys.service_contract_message_usages AS u ON u.[service_contract_id] = c.[service_contract_id]
     INNER JOIN sys.service_message_types AS m ON m.[message_type_id] = u.[message_type_id];`,
    owned.extend({ messageType: z.string(), byInitiator: z.boolean(), byTarget: z.boolean() }),
  ),
  queues: define(
    `SELECT q.[name], s.[name] AS [schema], q.[is_retention_enabled] AS [retention],
       q.[is_poison_message_handling_enabled] AS [poisonMessageHandling], q.[is_activation_enabled] AS [activation],
       q.[activation_procedure] AS [procedure], q.[max_readers] AS [maxReaders],
       CASE WHEN q.[execute_as_principal_id] = -2 THEN N'owner' ELSE USER_NAME(q.[execute_as_principal_id]) END AS [executeAs]
     FROM sys.service_queues AS q
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id];`,
    inSchema.extend({
      retention: z.boolean(),
      poisonMessageHandling: z.boolean(),
      activation: z.boolean(),
      procedure: z.string().nullable(),
      maxReaders: z.number().nullable(),
      executeAs: z.string().nullable(),
    }),
  ),
  services: define(
    `SELECT v.[name], s.[name] AS [queueSchema], q.[name] AS [queue], c.[name] AS [contract],
       ISNULL(USER_NAME(v.[principal_id]), N'') AS [owner]
     FROM sys.services AS v
     INNER JOIN sys.service_queues AS q ON q.[object_id] = v.[service_queue_id]
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     LEFT JOIN sys.service_contract_usages AS u ON u.[service_id] = v.[service_id]
     LEFT JOIN sys.service_contracts AS c ON c.[service_contract_id] = u.[service_contract_id];`,
    owned.extend({ queueSchema: z.string(), queue: z.string(), contract: z.string().nullable() }),
  ),
  tableTypes: define(
    `SELECT t.[name], s.[name] AS [schema], t.[type_table_object_id] AS [objectId]
     FROM sys.table_types AS t
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id];`,
    inSchema.extend({ objectId: z.number() }),
  ),
  sequences: define(
    `SELECT q.[name], s.[name] AS [schema], t.[name] AS [type], CONVERT(NVARCHAR(40), q.[increment]) AS [increment],
       q.[is_cycling] AS [isCycling]
     FROM sys.sequences AS q
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     INNER JOIN sys.types AS t ON t.[user_type_id] = q.[user_type_id];`,
    inSchema.extend({ type: z.string(), increment: z.string(), isCycling: z.boolean() }),
  ),
  tables: define(
    `SELECT t.[name], s.[name] AS [schema], t.[object_id] AS [objectId]
     FROM sys.tables AS t
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id];`,
    inSchema.extend({ objectId: z.number() }),
  ),
  columns: define(
    `SELECT c.[object_id] AS [objectId], c.[name], t.[name] AS [type], c.[max_length] AS [maxLength], c.[precision], c.[scale],
       c.[is_nullable] AS [isNullable], c.[is_identity] AS [isIdentity], c.[is_computed] AS [isComputed]
     FROM sys.columns AS c
     INNER JOIN sys.types AS t ON t.[user_type_id] = c.[user_type_id]
     ORDER BY c.[object_id], c.[column_id];`,
    column,
  ),
  constraints: define(
    `SELECT o.[parent_object_id] AS [objectId], o.[name]
     FROM sys.objects AS o
     WHERE o.[type] IN ('PK', 'UQ', 'F', 'C', 'D');`,
    part,
  ),
  indexes: define(
    `SELECT i.[object_id] AS [objectId], i.[name] FROM sys.indexes AS i WHERE i.[name] IS NOT NULL;`,
    part,
  ),
  procedures: define(
    `SELECT p.[name], s.[name] AS [schema], m.[definition]
     FROM sys.procedures AS p
     INNER JOIN sys.schemas AS s ON s.[schema_id] = p.[schema_id]
     LEFT JOIN sys.sql_modules AS m ON m.[object_id] = p.[object_id];`,
    inSchema.extend({ definition: z.string().nullable() }),
  ),
} as const;
