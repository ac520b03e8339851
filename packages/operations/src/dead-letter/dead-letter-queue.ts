import type {
  BrokerClient,
  CallOptions,
  DialogOptions,
  DialogPool,
  Replayer,
  StoredDeadLetter,
} from '@hartonomous/broker-client';
import type { EntityType, SyncType, WorkerQueue } from '@hartonomous/provenance-schema';

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
    }
  | { readonly action: 'send-body'; readonly bytes: number }
  | { readonly action: 'none'; readonly reason: string };

/** The dead letters of one queue. */
export interface DeadLetterQueue {
  readonly table: string;
  /** Columns of the table besides those that each such table has. */
  readonly fields: readonly string[];
  /** The dialog that bodies are sent again on. */
  readonly dialog: DialogOptions;
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
  readonly replayer: (
    client: BrokerClient,
    pool: DialogPool,
    plans: ReadonlyMap<bigint, ReplayPlan>,
    options: CallOptions,
  ) => Replayer;
}

/** What a queue's declaration says about its dead letters: where they are, and the dialog that senders use. */
export function deadLettersOf({ deadLetters, initiatorService, service, contract }: WorkerQueue) {
  const { table, fields } = deadLetters;
  return { table, fields, dialog: { fromService: initiatorService, toService: service, contract } };
}

/** Sends the letter's body again, or says why not. */
export function planBody({ messageBody }: StoredDeadLetter): ReplayPlan {
  if (messageBody === null) return { action: 'none', reason: 'it has no body' };
  return { action: 'send-body', bytes: messageBody.length };
}
