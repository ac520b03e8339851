/** The columns that every view of objects begins with, for kinds of which there are none. */
const noObjects = `
    SELECT o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date,
      o.modify_date, o.is_ms_shipped, o.is_published, o.is_schema_published`;

/** Columns of sys.endpoints. */
const endpoint = `CAST(NULL AS sysname) AS name, CAST(NULL AS int) AS endpoint_id, CAST(NULL AS int) AS principal_id,
      CAST(NULL AS tinyint) AS protocol, CAST(NULL AS nvarchar(60)) AS protocol_desc, CAST(NULL AS tinyint) AS type,
      CAST(NULL AS nvarchar(60)) AS type_desc, CAST(NULL AS tinyint) AS state, CAST(NULL AS nvarchar(60)) AS state_desc,
      CAST(NULL AS bit) AS is_admin_endpoint`;

/**
 * Views of `sys` as queries over others. Those that end in WHERE 1 = 0 show what can't be made here (synonyms, endpoints,
 * remote service bindings), so that they are always empty. Columns: Microsoft's documentation.
 */
export const sysViewsSql = {
  'sys.all_views': `${noObjects} FROM sys.views AS o UNION ALL ${noObjects} FROM sys.system_views AS o`,
  'sys.all_objects': `${noObjects} FROM sys.objects AS o UNION ALL ${noObjects} FROM sys.system_objects AS o`,
  'sys.system_objects': `${noObjects} FROM sys.system_views AS o`,
  'sys.synonyms': `${noObjects}, CAST(NULL AS nvarchar(1035)) AS base_object_name FROM sys.objects AS o WHERE 1 = 0`,
  'sys.stats': `
    SELECT i.object_id, i.name, i.index_id AS stats_id, CAST(0 AS bit) AS auto_created, CAST(0 AS bit) AS user_created,
      CAST(0 AS bit) AS no_recompute, i.has_filter, i.filter_definition, CAST(0 AS bit) AS is_temporary,
      CAST(0 AS bit) AS is_incremental
    FROM sys.indexes AS i WHERE i.index_id > 0`,
  'sys.stats_columns': `
    SELECT c.object_id, c.index_id AS stats_id, CAST(c.key_ordinal AS int) AS stats_column_id, c.column_id
    FROM sys.index_columns AS c WHERE c.index_id > 0 AND c.key_ordinal > 0`,
  'sys.filegroups': `
    SELECT CAST(N'PRIMARY' AS sysname) AS name, CAST(1 AS int) AS data_space_id, CAST('FG' AS char(2)) AS type,
      CAST(N'ROWS_FILEGROUP' AS nvarchar(60)) AS type_desc, CAST(1 AS bit) AS is_default, CAST(0 AS bit) AS is_system,
      CAST(NULL AS uniqueidentifier) AS filegroup_guid, CAST(NULL AS int) AS log_filegroup_id,
      CAST(0 AS bit) AS is_read_only, CAST(0 AS bit) AS is_autogrow_all_files`,
  'sys.data_spaces': `
    SELECT f.name, f.data_space_id, f.type, f.type_desc, f.is_default, f.is_system FROM sys.filegroups AS f`,
  'sys.endpoints': `SELECT ${endpoint} WHERE 1 = 0`,
  'sys.service_broker_endpoints': `
    SELECT ${endpoint}, CAST(NULL AS bit) AS is_message_forwarding_enabled, CAST(NULL AS int) AS message_forwarding_size,
      CAST(NULL AS tinyint) AS connection_auth, CAST(NULL AS nvarchar(60)) AS connection_auth_desc,
      CAST(NULL AS int) AS certificate_id, CAST(NULL AS tinyint) AS encryption_algorithm,
      CAST(NULL AS nvarchar(60)) AS encryption_algorithm_desc WHERE 1 = 0`,
  'sys.remote_service_bindings': `
    SELECT CAST(NULL AS sysname) AS name, CAST(NULL AS int) AS remote_service_binding_id, CAST(NULL AS int) AS principal_id,
      CAST(NULL AS nvarchar(256)) AS remote_service_name, CAST(NULL AS int) AS service_contract_id,
      CAST(NULL AS int) AS remote_principal_id, CAST(NULL AS bit) AS is_anonymous_on WHERE 1 = 0`,
  'sys.message_type_xml_schema_collection_usages': `
    SELECT CAST(NULL AS int) AS message_type_id, CAST(NULL AS int) AS xml_collection_id WHERE 1 = 0`,
  'sys.dm_broker_connections': `
    SELECT CAST(NULL AS uniqueidentifier) AS connection_id, CAST(NULL AS uniqueidentifier) AS transport_stream_id,
      CAST(NULL AS smallint) AS state, CAST(NULL AS nvarchar(60)) AS state_desc, CAST(NULL AS datetime) AS connect_time,
      CAST(NULL AS datetime) AS login_time, CAST(NULL AS nvarchar(128)) AS authentication_method,
      CAST(NULL AS nvarchar(128)) AS principal_name, CAST(NULL AS nvarchar(128)) AS remote_user_name,
      CAST(NULL AS datetime) AS last_activity_time, CAST(NULL AS bit) AS is_accept, CAST(NULL AS smallint) AS login_state,
      CAST(NULL AS nvarchar(60)) AS login_state_desc, CAST(NULL AS int) AS peer_certificate_id,
      CAST(NULL AS smallint) AS encryption_algorithm, CAST(NULL AS nvarchar(60)) AS encryption_algorithm_desc,
      CAST(NULL AS smallint) AS receives_posted, CAST(NULL AS bit) AS is_receive_flow_controlled,
      CAST(NULL AS smallint) AS sends_posted, CAST(NULL AS bit) AS is_send_flow_controlled,
      CAST(NULL AS bigint) AS total_bytes_sent, CAST(NULL AS bigint) AS total_bytes_received,
      CAST(NULL AS bigint) AS total_fragments_sent, CAST(NULL AS bigint) AS total_fragments_received,
      CAST(NULL AS bigint) AS total_sends, CAST(NULL AS bigint) AS total_receives,
      CAST(NULL AS uniqueidentifier) AS peer_arbitration_id WHERE 1 = 0`,
  'sys.dm_broker_forwarded_messages': `
    SELECT CAST(NULL AS uniqueidentifier) AS conversation_id, CAST(NULL AS bit) AS is_initiator,
      CAST(NULL AS nvarchar(256)) AS to_service_name, CAST(NULL AS nvarchar(128)) AS to_broker_instance,
      CAST(NULL AS nvarchar(256)) AS from_service_name, CAST(NULL AS nvarchar(128)) AS from_broker_instance,
      CAST(NULL AS nvarchar(256)) AS adjacent_broker_address, CAST(NULL AS bigint) AS message_sequence_number,
      CAST(NULL AS bigint) AS message_fragment_number, CAST(NULL AS tinyint) AS hops_remaining,
      CAST(NULL AS int) AS time_to_live, CAST(NULL AS int) AS time_consumed, CAST(NULL AS uniqueidentifier) AS message_id
    WHERE 1 = 0`,
} as const;
