import { openWaits } from '../storage/lock-wait.ts';
import { defaultCollation } from '../types/type-info.ts';
import { bit, defineView, type SystemView, viewTime } from './define-view.ts';
import { lockWaitType } from './lock-views.ts';

/** In the order of their numbers in sys.dm_exec_sessions. */
const isolationLevels = ['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE', 'SNAPSHOT'];

export const serverViews: readonly SystemView[] = [
  defineView(
    'sys',
    'databases',
    {
      name: 'name',
      database_id: 'int',
      owner_sid: 'bytes',
      create_date: 'datetime',
      compatibility_level: 'tinyint',
      collation_name: 'name',
      user_access: 'tinyint',
      user_access_desc: 'description',
      is_read_only: 'bit',
      is_auto_close_on: 'bit',
      state: 'tinyint',
      state_desc: 'description',
      snapshot_isolation_state: 'tinyint',
      snapshot_isolation_state_desc: 'description',
      is_read_committed_snapshot_on: 'bit',
      recovery_model: 'tinyint',
      recovery_model_desc: 'description',
      is_trustworthy_on: 'bit',
      service_broker_guid: 'guid',
      is_broker_enabled: 'bit',
      is_honor_broker_priority_on: 'bit',
    },
    function* (_database, session) {
      for (const database of session.server.databases.all) {
        // Everybody has VIEW ANY DATABASE, but not under EXECUTE AS USER.
        const always = database === session.database || database.name === 'master' || database.name === 'tempdb';
        if (!always && session.impersonated.length > 0) continue;
        yield {
          name: database.name,
          database_id: database.databaseId,
          owner_sid: Buffer.from(database.ownerSid, 'hex'),
          create_date: viewTime(database.createdAt),
          compatibility_level: Number(database.options.get('COMPATIBILITY_LEVEL') ?? 160),
          collation_name: database.collation ?? defaultCollation,
          user_access: bit(database.isForOne),
          user_access_desc: database.isForOne ? 'SINGLE_USER' : 'MULTI_USER',
          is_read_only: 0,
          is_auto_close_on: 0,
          state: 0,
          state_desc: 'ONLINE',
          snapshot_isolation_state: bit(database.allowSnapshotIsolation),
          snapshot_isolation_state_desc: database.allowSnapshotIsolation ? 'ON' : 'OFF',
          is_read_committed_snapshot_on: bit(database.readCommittedSnapshot),
          recovery_model: 1,
          recovery_model_desc: database.options.get('RECOVERY') ?? 'FULL',
          is_trustworthy_on: bit(database.options.get('TRUSTWORTHY') === 'ON'),
          service_broker_guid: database.broker.guid,
          is_broker_enabled: bit(database.broker.enabled),
          is_honor_broker_priority_on: bit(database.options.get('HONOR_BROKER_PRIORITY') === 'ON'),
        };
      }
    },
  ),
  defineView(
    'sys',
    'dm_exec_sessions',
    {
      session_id: 'smallint',
      login_time: 'datetime',
      host_name: 'name',
      program_name: 'name',
      login_name: 'name',
      original_login_name: 'name',
      status: 'description',
      database_id: 'smallint',
      open_transaction_count: 'int',
      is_user_process: 'bit',
      host_process_id: 'int',
      client_version: 'int',
      client_interface_name: 'name',
      language: 'name',
      date_format: 'description',
      date_first: 'smallint',
      quoted_identifier: 'bit',
      arithabort: 'bit',
      ansi_null_dflt_on: 'bit',
      ansi_defaults: 'bit',
      ansi_warnings: 'bit',
      ansi_padding: 'bit',
      ansi_nulls: 'bit',
      concat_null_yields_null: 'bit',
      transaction_isolation_level: 'smallint',
      lock_timeout: 'int',
      row_count: 'bigint',
      prev_error: 'int',
      text_size: 'int',
      cpu_time: 'int',
      memory_usage: 'int',
      total_elapsed_time: 'int',
      reads: 'bigint',
      writes: 'bigint',
      logical_reads: 'bigint',
      last_request_start_time: 'datetime',
      last_request_end_time: 'datetime',
    },
    function* (_database, reading) {
      for (const { core } of reading.server.sessions.values()) {
        if (core !== reading && !reading.holdsOnServer('VIEW SERVER PERFORMANCE STATE')) continue;
        yield {
          session_id: core.sessionId,
          login_time: viewTime(core.loginTime),
          host_name: core.identity.hostName,
          program_name: core.identity.applicationName,
          login_name: core.identity.login,
          original_login_name: core.identity.login,
          status: core.sink === undefined ? 'sleeping' : 'running',
          database_id: core.database.databaseId,
          open_transaction_count: core.transactions.count,
          is_user_process: 1,
          // What nobody counts here is NULL: processor time, reads, writes and the times of requests.
          language: core.options.dates.language.name,
          date_format: core.options.dates.order,
          date_first: core.options.dateFirst,
          quoted_identifier: bit(core.options.quotedIdentifier),
          arithabort: bit(core.options.arithAbort),
          ansi_null_dflt_on: bit(core.options.ansiNullDefault === true),
          ansi_defaults: 0,
          ansi_warnings: bit(core.options.ansiWarnings),
          ansi_padding: bit(core.options.ansiPadding),
          ansi_nulls: bit(core.options.ansiNulls),
          concat_null_yields_null: bit(core.options.concatNullYieldsNull),
          transaction_isolation_level: isolationLevels.indexOf(core.options.isolation) + 1,
          lock_timeout: core.options.lockTimeout,
          row_count: core.statement.rowCount,
          prev_error: core.statement.error,
          text_size: core.options.textSize,
        };
      }
    },
  ),
  defineView(
    'sys',
    'dm_exec_requests',
    {
      session_id: 'smallint',
      request_id: 'int',
      status: 'description',
      command: 'description',
      database_id: 'smallint',
      blocking_session_id: 'smallint',
      wait_type: 'description',
      open_transaction_count: 'int',
      start_time: 'datetime',
      sql_handle: 'bytes',
      plan_handle: 'bytes',
      wait_time: 'int',
      last_wait_type: 'description',
      cpu_time: 'int',
      total_elapsed_time: 'int',
      reads: 'bigint',
      writes: 'bigint',
      logical_reads: 'bigint',
      percent_complete: 'int',
    },
    function* (_database, reading) {
      const { server } = reading;
      for (const { core } of server.sessions.values()) {
        if (core !== reading && !reading.holdsOnServer('VIEW SERVER PERFORMANCE STATE')) continue;
        if (core.sink === undefined) continue;
        const { current } = core.transactions;
        const conflict = current === undefined ? undefined : openWaits().get(current);
        const waitType = conflict === undefined ? core.statement.waitType : lockWaitType(conflict.request);
        yield {
          session_id: core.sessionId,
          request_id: 0,
          status: waitType === undefined ? 'running' : 'suspended',
          database_id: core.database.databaseId,
          blocking_session_id: conflict?.blocker.sessionId ?? 0,
          wait_type: waitType ?? null,
          open_transaction_count: core.transactions.count,
        };
      }
      if (!reading.holdsOnServer('VIEW SERVER PERFORMANCE STATE')) return;
      for (const database of server.databases.all) {
        for (const [queue, transaction] of database.broker.rollbackHandlers) {
          if (database.broker.queue(queue.objectId) !== queue) continue;
          yield {
            session_id: transaction.sessionId,
            request_id: 0,
            status: 'suspended',
            command: 'BRKR TASK',
            database_id: database.databaseId,
            blocking_session_id: openWaits().get(transaction)?.blocker.sessionId ?? 0,
            wait_type: 'LCK_M_SCH_M',
            open_transaction_count: 1,
          };
        }
      }
    },
  ),
  defineView(
    'sys',
    'dm_tran_active_transactions',
    {
      transaction_id: 'bigint',
      name: 'name',
      transaction_begin_time: 'datetime',
      transaction_type: 'int',
      transaction_state: 'int',
    },
    function* (_database, session) {
      for (const transaction of session.server.transactions.open()) {
        yield {
          transaction_id: transaction.id,
          name: 'user_transaction',
          transaction_begin_time: viewTime(transaction.startedAt),
          transaction_type: 1,
          transaction_state: 2,
        };
      }
    },
    undefined,
    'VIEW SERVER STATE',
  ),
  defineView(
    'sys',
    'dm_tran_session_transactions',
    { session_id: 'int', transaction_id: 'bigint', is_user_transaction: 'bit', open_transaction_count: 'int' },
    function* (_database, session) {
      for (const { core } of session.server.sessions.values()) {
        const { explicit } = core.transactions;
        if (explicit === undefined) continue;
        yield {
          session_id: core.sessionId,
          transaction_id: explicit.id,
          is_user_transaction: 1,
          open_transaction_count: core.transactions.count,
        };
      }
    },
    undefined,
    'VIEW SERVER STATE',
  ),
];
