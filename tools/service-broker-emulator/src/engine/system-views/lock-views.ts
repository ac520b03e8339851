import type { EmulatorServer } from '../emulator-server.ts';
import type { Database } from '../server/database.ts';
import { openWaits } from '../storage/lock-wait.ts';
import type { LockRequest, Transaction } from '../storage/transaction.ts';
import { defineView, type SystemView } from './define-view.ts';

interface Lock {
  readonly type: string;
  readonly databaseId: number;
  readonly objectId: number;
  readonly description: string;
  readonly mode: string;
  readonly status: string;
  readonly sessionId: number;
  readonly transactionId: bigint;
}

/** `wait_type` of a session that waits for a lock. */
export function lockWaitType(request: LockRequest | undefined): string {
  const names: Readonly<Record<string, string>> = {
    'Sch-S': 'SCH_S',
    'Sch-M': 'SCH_M',
    'RangeS-S': 'RS_S',
    'RangeS-U': 'RS_U',
    'RangeX-X': 'RX_X',
    'RangeI-N': 'RIn_NL',
  };
  const mode = request?.mode ?? 'X';
  return `LCK_M_${names[mode] ?? mode}`;
}

function* locksOf(server: EmulatorServer, database: Database): Generator<Lock> {
  const { databaseId } = database;
  const at = { databaseId, objectId: 0, description: '' };
  for (const { core } of server.sessionsIn(database)) {
    const shared = { type: 'DATABASE', mode: 'S', status: 'GRANT', sessionId: core.sessionId, transactionId: 0n };
    yield { ...at, ...shared };
  }
  const owners = new Map<object, number>();
  const of = ({ id, sessionId }: Transaction) => ({ sessionId, transactionId: id });
  for (const object of database.catalog.objects) {
    const { objectId } = object;
    if (object.kind === 'table') {
      owners.set(object.store, objectId);
      for (const { transaction, ...lock } of object.store.locks()) {
        yield { ...at, ...lock, ...of(transaction), objectId };
      }
    } else if (object.kind === 'queue') {
      const queue = database.broker.queue(objectId);
      if (queue === undefined) continue;
      owners.set(queue, objectId);
      for (const { transaction, mode, status } of queue.lock.entries()) {
        yield { ...at, type: 'OBJECT', objectId, mode, status, ...of(transaction) };
      }
    }
  }
  for (const [waiter, { request }] of openWaits()) {
    const objectId = request === undefined ? undefined : owners.get(request.owner);
    // Locks with an order of their own have listed who waits for them.
    if (objectId === undefined || request === undefined || request.lock !== undefined) continue;
    yield { ...at, type: request.type, objectId, mode: request.mode, status: 'WAIT', ...of(waiter) };
  }
}

export const lockViews: readonly SystemView[] = [
  defineView(
    'sys',
    'dm_tran_locks',
    {
      resource_type: 'description',
      resource_subtype: 'description',
      resource_database_id: 'int',
      resource_description: 'text',
      resource_associated_entity_id: 'bigint',
      resource_lock_partition: 'int',
      request_mode: 'description',
      request_type: 'description',
      request_status: 'description',
      request_reference_count: 'smallint',
      request_lifetime: 'int',
      request_session_id: 'int',
      request_exec_context_id: 'int',
      request_request_id: 'int',
      request_owner_type: 'description',
      request_owner_id: 'bigint',
      request_owner_guid: 'guid',
      request_owner_lockspace_id: 'name',
      lock_owner_address: 'bytes',
    },
    function* (_database, reading) {
      const { server } = reading;
      for (const database of server.databases.all) {
        for (const lock of locksOf(server, database)) {
          if (lock.sessionId !== reading.sessionId && !reading.holdsOnServer('VIEW SERVER PERFORMANCE STATE')) continue;
          yield {
            resource_type: lock.type,
            resource_subtype: '',
            resource_database_id: lock.databaseId,
            resource_description: lock.description,
            resource_associated_entity_id: BigInt(lock.objectId),
            resource_lock_partition: 0,
            request_mode: lock.mode,
            request_type: 'LOCK',
            request_status: lock.status,
            request_reference_count: 1,
            request_lifetime: 0,
            request_session_id: lock.sessionId,
            request_exec_context_id: 0,
            request_request_id: 0,
            request_owner_type: lock.type === 'DATABASE' ? 'SHARED_TRANSACTION_WORKSPACE' : 'TRANSACTION',
            request_owner_id: lock.transactionId,
          };
        }
      }
    },
  ),
];
