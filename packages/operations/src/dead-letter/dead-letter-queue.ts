import {
  type BrokerClient,
  type BrokerTransaction,
  type CallOptions,
  type Replayer,
  type StoredDeadLetter,
  sqlParameter,
} from '@hartonomous/broker-client';
import type { EntityType, SyncType, WorkerQueue } from '@hartonomous/provenance-schema';
import type { SyncPreview } from './preview-sync.ts';

/** What replaying a letter does. */
export type ReplayPlan =
  | {
      readonly action: 'enqueue';
      readonly entityType: EntityType;
      readonly entityId: string;
      readonly syncType: SyncType;
      readonly tenantId: number | null;
      /** Whether SQL has the row now; if not, replaying removes the entity from the graph. */
      readonly rowExists: boolean;
      /** What the graph gets then. */
      readonly graph: SyncPreview;
    }
  | { readonly action: 'send-body'; readonly bytes: number }
  | { readonly action: 'none'; readonly reason: string };

/** The dead letters of one queue. */
export interface DeadLetterQueue {
  readonly table: string;
  /** Columns of the table besides those that each such table has. */
  readonly fields: readonly string[];
  /** What the letter is about, for lists. */
  readonly subjectOf: (letter: StoredDeadLetter) => string;
  /**
   * What replaying a letter would do, by the present state of SQL.
   * @param sendBody send the body as it is, whatever is known of it
   */
  readonly plan: (
    client: BrokerClient,
    letter: StoredDeadLetter,
    sendBody: boolean,
    options: CallOptions,
  ) => Promise<ReplayPlan>;
  /** Does what the plans say. */
  readonly replayer: (client: BrokerClient, plans: ReadonlyMap<bigint, ReplayPlan>, options: CallOptions) => Replayer;
}

/** What a queue's declaration says about its dead letters: where they are. */
export function deadLettersOf({ deadLetters }: WorkerQueue) {
  const { table, fields } = deadLetters;
  return { table, fields };
}

/**
 * Sends the body of a letter again as it is, on the dialog of the session, as the queue's enqueue procedures do: the last
 * message of a dialog is marked, so that its reader ends it. Needs EXECUTE on dbo.sp_ResendDeadLetter, which db_owner and the HTTP API
 * have, as they have it on dbo.sp_ClaimDeadLetter.
 *
 * @param transaction that has marked the letter as replayed
 */
export async function sendBodyAgain(
  { contract, initiatorService, service, dialog, deadLetters }: WorkerQueue,
  { id }: StoredDeadLetter,
  transaction: BrokerTransaction,
  options: CallOptions,
): Promise<void> {
  const parameters = {
    Table: deadLetters.table,
    DeadLetterId: sqlParameter.bigint(id),
    ContractName: contract,
    FromService: initiatorService,
    ToService: service,
    MaxMessages: sqlParameter.bigint(BigInt(dialog.maxMessages)),
    MaxAgeMinutes: dialog.maxAgeMinutes,
  };
  await transaction.execute('dbo.sp_ResendDeadLetter', parameters, options);
}

/** Sends the letter's body again, or says why not. */
export function planBody({ messageBody }: StoredDeadLetter): ReplayPlan {
  if (messageBody === null) return { action: 'none', reason: 'it has no body' };
  return { action: 'send-body', bytes: messageBody.length };
}
