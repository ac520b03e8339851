import { z } from 'zod';

function define<Row extends z.ZodType>(what: string, sql: string, row: Row) {
  return { what, sql, row };
}

const named = z.object({ name: z.string() });
const inSchema = named.extend({ schema: z.string() });
const tableLike = inSchema.extend({ objectId: z.number() });
const owned = named.extend({ owner: z.string().nullable() });
const ownParts = `[name] NOT LIKE N'http://schemas.microsoft.com/SQL/%' AND`;

/** What is read of a database to write its objects as T-SQL. Objects that SQL Server itself brings are left out. */
export const exportQueries = {
  users: define(
    'users without login',
    `SELECT p.[name], r.[name] AS [role],
       CASE WHEN EXISTS (
         SELECT 1 FROM sys.database_permissions AS g
         WHERE g.[class] = 0 AND g.[permission_name] = N'CONNECT' AND g.[state] IN ('G', 'W')
           AND g.[grantee_principal_id] = p.[principal_id]
       ) THEN 1 ELSE 0 END AS [mayConnect]
     FROM sys.database_principals AS p
     LEFT JOIN sys.database_role_members AS m ON m.[member_principal_id] = p.[principal_id]
     LEFT JOIN sys.database_principals AS r ON r.[principal_id] = m.[role_principal_id]
     WHERE p.[type] = 'S' AND p.[authentication_type_desc] = N'NONE' AND p.[principal_id] > 4
     ORDER BY p.[name], r.[name];`,
    named.extend({ role: z.string().nullable(), mayConnect: z.number() }),
  ),
  roles: define(
    'roles',
    `SELECT p.[name], USER_NAME(p.[owning_principal_id]) AS [owner]
     FROM sys.database_principals AS p
     WHERE p.[type] = 'R' AND p.[is_fixed_role] = 0 AND p.[name] <> N'public'
     ORDER BY p.[name];`,
    owned,
  ),
  messageTypes: define(
    'message types',
    `SELECT m.[name], USER_NAME(m.[principal_id]) AS [owner], RTRIM(m.[validation]) AS [validation],
       m.[xml_collection_id] AS [xmlCollectionId]
     FROM sys.service_message_types AS m
     WHERE m.${ownParts} m.[name] <> N'DEFAULT'
     ORDER BY m.[name];`,
    owned.extend({ validation: z.enum(['N', 'E', 'X']), xmlCollectionId: z.number().nullable() }),
  ),
  contracts: define(
    'contracts',
    `SELECT c.[name], USER_NAME(c.[principal_id]) AS [owner], m.[name] AS [messageType],
       u.[is_sent_by_initiator] AS [byInitiator], u.[is_sent_by_target] AS [byTarget]
     FROM sys.service_contracts AS c
     INNER JOIN sys.service_contract_message_usages AS u ON u.[service_contract_id] = c.[service_contract_id]
     INNER JOIN sys.service_message_types AS m ON m.[message_type_id] = u.[message_type_id]
     WHERE c.${ownParts} c.[name] <> N'DEFAULT'
     ORDER BY c.[name], m.[name];`,
    owned.extend({ messageType: z.string(), byInitiator: z.boolean(), byTarget: z.boolean() }),
  ),
  queues: define(
    'queues',
    `SELECT q.[name], s.[name] AS [schema], q.[is_receive_enabled] AS [status], q.[is_retention_enabled] AS [retention],
       q.[is_poison_message_handling_enabled] AS [poison], q.[is_activation_enabled] AS [activation],
       q.[activation_procedure] AS [procedure], q.[max_readers] AS [maxReaders],
       CASE WHEN q.[execute_as_principal_id] = -2 THEN N'OWNER'
         ELSE N'''' + REPLACE(USER_NAME(q.[execute_as_principal_id]), N'''', N'''''') + N'''' END AS [executeAs]
     FROM sys.service_queues AS q
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     WHERE q.[is_ms_shipped] = 0
     ORDER BY s.[name], q.[name];`,
    inSchema.extend({
      status: z.boolean(),
      retention: z.boolean(),
      poison: z.boolean(),
      activation: z.boolean(),
      procedure: z.string().nullable(),
      maxReaders: z.number().nullable(),
      executeAs: z.string().nullable(),
    }),
  ),
  services: define(
    'services',
    `SELECT v.[name], USER_NAME(v.[principal_id]) AS [owner], s.[name] AS [queueSchema], q.[name] AS [queue],
       c.[name] AS [contract]
     FROM sys.services AS v
     INNER JOIN sys.service_queues AS q ON q.[object_id] = v.[service_queue_id]
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     LEFT JOIN sys.service_contract_usages AS u ON u.[service_id] = v.[service_id]
     LEFT JOIN sys.service_contracts AS c ON c.[service_contract_id] = u.[service_contract_id]
     WHERE v.${ownParts} q.[is_ms_shipped] = 0
     ORDER BY v.[name], c.[name];`,
    owned.extend({ queueSchema: z.string(), queue: z.string(), contract: z.string().nullable() }),
  ),
  sequences: define(
    'sequences',
    `SELECT q.[name], s.[name] AS [schema], t.[name] AS [type], CONVERT(NVARCHAR(40), q.[start_value]) AS [start],
       CONVERT(NVARCHAR(40), q.[increment]) AS [increment], CONVERT(NVARCHAR(40), q.[minimum_value]) AS [minimum],
       CONVERT(NVARCHAR(40), q.[maximum_value]) AS [maximum], q.[is_cycling] AS [cycle], q.[is_cached] AS [cached],
       q.[cache_size] AS [cacheSize]
     FROM sys.sequences AS q
     INNER JOIN sys.schemas AS s ON s.[schema_id] = q.[schema_id]
     INNER JOIN sys.types AS t ON t.[user_type_id] = q.[user_type_id]
     ORDER BY s.[name], q.[name];`,
    inSchema.extend({
      type: z.string(),
      start: z.string(),
      increment: z.string(),
      minimum: z.string(),
      maximum: z.string(),
      cycle: z.boolean(),
      cached: z.boolean(),
      cacheSize: z.number().nullable(),
    }),
  ),
  tables: define(
    'tables',
    `SELECT t.[name], s.[name] AS [schema], t.[object_id] AS [objectId]
     FROM sys.tables AS t
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id]
     WHERE t.[is_ms_shipped] = 0
     ORDER BY s.[name], t.[name];`,
    tableLike,
  ),
  tableTypes: define(
    'table types',
    `SELECT t.[name], s.[name] AS [schema], t.[type_table_object_id] AS [objectId]
     FROM sys.table_types AS t
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id]
     ORDER BY s.[name], t.[name];`,
    tableLike,
  ),
  columns: define(
    'columns',
    `SELECT c.[object_id] AS [objectId], c.[column_id] AS [columnId], c.[name], t.[name] AS [type],
       c.[max_length] AS [maxLength], c.[precision], c.[scale], c.[is_nullable] AS [isNullable],
       c.[is_computed] AS [isComputed], m.[definition] AS [computed],
       m.[is_persisted] AS [isPersisted], d.[name] AS [defaultName], d.[is_system_named] AS [isDefaultSystemNamed],
       d.[definition] AS [default], CONVERT(NVARCHAR(40), i.[seed_value]) AS [seed],
       CONVERT(NVARCHAR(40), i.[increment_value]) AS [increment], c.[is_identity] AS [isIdentity],
       CASE WHEN c.[collation_name] <> CONVERT(NVARCHAR(128), DATABASEPROPERTYEX(DB_NAME(), N'Collation'))
         THEN c.[collation_name] END AS [collation]
     FROM sys.columns AS c
     INNER JOIN sys.types AS t ON t.[user_type_id] = c.[user_type_id]
     LEFT JOIN sys.computed_columns AS m ON m.[object_id] = c.[object_id] AND m.[column_id] = c.[column_id]
     LEFT JOIN sys.identity_columns AS i ON i.[object_id] = c.[object_id] AND i.[column_id] = c.[column_id]
     LEFT JOIN sys.default_constraints AS d ON d.[parent_object_id] = c.[object_id] AND d.[parent_column_id] = c.[column_id]
     ORDER BY c.[object_id], c.[column_id];`,
    z.object({
      objectId: z.number(),
      columnId: z.number(),
      name: z.string(),
      type: z.string(),
      maxLength: z.number(),
      precision: z.number(),
      scale: z.number(),
      isNullable: z.boolean(),
      isComputed: z.boolean(),
      computed: z.string().nullable(),
      isPersisted: z.boolean().nullable(),
      defaultName: z.string().nullable(),
      isDefaultSystemNamed: z.boolean().nullable(),
      default: z.string().nullable(),
      seed: z.string().nullable(),
      increment: z.string().nullable(),
      isIdentity: z.boolean(),
      collation: z.string().nullable(),
    }),
  ),
  indexes: define(
    'indexes',
    `SELECT i.[object_id] AS [objectId], i.[index_id] AS [indexId], i.[name], RTRIM(i.[type_desc]) AS [kind],
       i.[is_unique] AS [isUnique], i.[is_primary_key] AS [isPrimaryKey], i.[is_unique_constraint] AS [isUniqueConstraint],
       i.[has_filter] AS [hasFilter], i.[filter_definition] AS [filter], k.[is_system_named] AS [isSystemNamed], c.[name] AS [column],
       x.[is_descending_key] AS [isDescending], x.[is_included_column] AS [isIncluded]
     FROM sys.indexes AS i
     INNER JOIN sys.index_columns AS x ON x.[object_id] = i.[object_id] AND x.[index_id] = i.[index_id]
     INNER JOIN sys.columns AS c ON c.[object_id] = x.[object_id] AND c.[column_id] = x.[column_id]
     LEFT JOIN sys.key_constraints AS k ON k.[parent_object_id] = i.[object_id] AND k.[unique_index_id] = i.[index_id]
     WHERE i.[name] IS NOT NULL
     ORDER BY i.[object_id], i.[index_id], x.[is_included_column], x.[key_ordinal], x.[index_column_id];`,
    z.object({
      objectId: z.number(),
      indexId: z.number(),
      name: z.string(),
      kind: z.string(),
      isUnique: z.boolean(),
      isPrimaryKey: z.boolean(),
      isUniqueConstraint: z.boolean(),
      hasFilter: z.boolean(),
      filter: z.string().nullable(),
      isSystemNamed: z.boolean().nullable(),
      column: z.string(),
      isDescending: z.boolean().nullable(),
      isIncluded: z.boolean().nullable(),
    }),
  ),
  foreignKeys: define(
    'foreign keys',
    `SELECT f.[parent_object_id] AS [objectId], f.[name], s.[name] AS [toSchema], t.[name] AS [toTable],
       c.[name] AS [column], r.[name] AS [toColumn], f.[delete_referential_action_desc] AS [onDelete],
       f.[update_referential_action_desc] AS [onUpdate]
     FROM sys.foreign_keys AS f
     INNER JOIN sys.tables AS t ON t.[object_id] = f.[referenced_object_id]
     INNER JOIN sys.schemas AS s ON s.[schema_id] = t.[schema_id]
     INNER JOIN sys.foreign_key_columns AS k ON k.[constraint_object_id] = f.[object_id]
     INNER JOIN sys.columns AS c ON c.[object_id] = k.[parent_object_id] AND c.[column_id] = k.[parent_column_id]
     INNER JOIN sys.columns AS r ON r.[object_id] = k.[referenced_object_id] AND r.[column_id] = k.[referenced_column_id]
     ORDER BY f.[parent_object_id], f.[name], k.[constraint_column_id];`,
    z.object({
      objectId: z.number(),
      name: z.string(),
      toSchema: z.string(),
      toTable: z.string(),
      column: z.string(),
      toColumn: z.string(),
      onDelete: z.string(),
      onUpdate: z.string(),
    }),
  ),
  checks: define(
    'checks',
    `SELECT c.[parent_object_id] AS [objectId], c.[name], c.[definition]
     FROM sys.check_constraints AS c
     ORDER BY c.[parent_object_id], c.[name];`,
    z.object({ objectId: z.number(), name: z.string(), definition: z.string().nullable() }),
  ),
  procedures: define(
    'procedures',
    `SELECT p.[name], s.[name] AS [schema], m.[definition]
     FROM sys.procedures AS p
     INNER JOIN sys.schemas AS s ON s.[schema_id] = p.[schema_id]
     LEFT JOIN sys.sql_modules AS m ON m.[object_id] = p.[object_id]
     WHERE p.[is_ms_shipped] = 0
     ORDER BY s.[name], p.[name];`,
    inSchema.extend({ definition: z.string().nullable() }),
  ),
  others: define(
    'other objects',
    `SELECT o.[name], s.[name] AS [schema], o.[type_desc] AS [kind]
     FROM sys.objects AS o
     INNER JOIN sys.schemas AS s ON s.[schema_id] = o.[schema_id]
     WHERE o.[is_ms_shipped] = 0
       AND RTRIM(o.[type]) NOT IN (N'U', N'P', N'SQ', N'SO', N'TT', N'PK', N'UQ', N'F', N'C', N'D', N'IT', N'S')
     ORDER BY s.[name], o.[name];`,
    inSchema.extend({ kind: z.string() }),
  ),
} as const;

/** The rows of one of the queries. */
export type ExportRow<Name extends keyof typeof exportQueries> = z.infer<(typeof exportQueries)[Name]['row']>;
