import { z } from 'zod';
import type { BrokerClient } from './broker-client.ts';
import { BrokerError } from './errors.ts';
import { quoteName, quoteQualifiedName } from './identifiers.ts';
import { parseOptions } from './options.ts';
import { type SqlParameter, sqlParameter } from './parameters.ts';
import { countColumn } from './queue-inspection.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';
import type { BrokerTransaction } from './transaction.ts';

/** `PENDING`: waits for a decision. `REPLAYED`: went back into the queue. `DISCARDED`: given up by a person. */
export type ReplayState = 'PENDING' | 'REPLAYED' | 'DISCARDED';

/**
 * A table of dead letters. Besides the column of `idColumn` (bigint) it has `DeadLetteredAt`, `ReasonCode`,
 * `ReasonText`, `MessageBody`, `MessageTypeName`, `ConversationHandle`, `EnqueuedAt`, `ReceivedAt`, `ReplayState`
 * (PENDING, REPLAYED or DISCARDED), `ReplayCount` and `ReplayedAt`; times are UTC.
 */
export interface DeadLetterTableOptions {
  /** For example `dbo.DeadLetterQueue`. */
  readonly table: string;
  /** @default DeadLetterId */
  readonly idColumn?: string;
  /** Columns of the application's own, which are in {@link StoredDeadLetter.fields}. */
  readonly fields?: readonly string[];
  /**
   * Procedure that marks a letter as replayed: it takes `@Table` and `@DeadLetterId` and returns a row `claimed`, 1 or 0. For a login
   * that may not change the table. Absent: an UPDATE marks it.
   */
  readonly claimProcedure?: string;
}

/** A row of a table of dead letters. */
export interface StoredDeadLetter {
  readonly id: bigint;
  readonly deadLetteredAt: Date;
  readonly reasonCode: string;
  readonly reasonText: string;
  readonly messageBody: Buffer | null;
  readonly messageTypeName: string;
  readonly conversationHandle: string;
  readonly enqueuedAt: Date | null;
  readonly receivedAt: Date;
  readonly replayState: ReplayState;
  readonly replayCount: number;
  readonly replayedAt: Date | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Letters with the same reason. */
export interface DeadLetterReason {
  readonly reasonCode: string;
  readonly letters: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Which dead letters; what is absent doesn't matter. */
export interface DeadLetterFilter {
  readonly state?: ReplayState;
  readonly reasonCode?: string;
  /** Dead-lettered before this time. */
  readonly before?: Date;
}

/** Options of {@link DeadLetterTable.list}. */
export interface DeadLetterListOptions extends DeadLetterFilter, CallOptions {
  /** For the next page: the id of the last letter of the page before. */
  readonly afterId?: bigint;
  /** From 1 to 10000. Bodies are read too, so very many large ones need memory. @default 100 */
  readonly limit?: number;
}

/** Puts a letter's message back on its way, in the transaction that marks the letter as replayed. */
export type Replayer = (letter: StoredDeadLetter, transaction: BrokerTransaction) => Promise<void>;

/**
 * The outcome of one letter: `replayed`; `skipped`, because it is absent or not PENDING, for example because somebody
 * else has just replayed it; `failed`, then it is as it was.
 */
export type ReplayOutcome =
  | { readonly id: bigint; readonly outcome: 'replayed' }
  | { readonly id: bigint; readonly outcome: 'skipped'; readonly state: ReplayState | null }
  | { readonly id: bigint; readonly outcome: 'failed'; readonly error: BrokerError };

/** How many rows one DELETE takes: from about 5000 on, SQL Server locks the whole table and keeps new letters out. */
const purgeBatchSize = 1_000;

const limitSchema = z.object({ limit: z.int().min(1).max(10_000).default(100) });

const reasonRow = z.object({ ReasonCode: z.string(), letters: countColumn, First: z.date(), Last: z.date() }).transform(
  ({ ReasonCode, letters, First, Last }): DeadLetterReason => ({
    ...{ reasonCode: ReasonCode, letters, firstAt: First, lastAt: Last },
  }),
);

const letterRow = z
  .looseObject({
    id: z.union([z.string(), z.number(), z.bigint()]).transform(BigInt),
    DeadLetteredAt: z.date(),
    ReasonCode: z.string(),
    ReasonText: z.string(),
    MessageBody: z.instanceof(Buffer).nullable(),
    MessageTypeName: z.string(),
    ConversationHandle: z.string(),
    EnqueuedAt: z.date().nullable(),
    ReceivedAt: z.date(),
    ReplayState: z.enum(['PENDING', 'REPLAYED', 'DISCARDED']),
    ReplayCount: z.number(),
    ReplayedAt: z.date().nullable(),
  })
  .transform(
    (row): StoredDeadLetter => ({
      id: row.id,
      deadLetteredAt: row.DeadLetteredAt,
      reasonCode: row.ReasonCode,
      reasonText: row.ReasonText,
      messageBody: row.MessageBody,
      messageTypeName: row.MessageTypeName,
      conversationHandle: row.ConversationHandle,
      enqueuedAt: row.EnqueuedAt,
      receivedAt: row.ReceivedAt,
      replayState: row.ReplayState,
      replayCount: row.ReplayCount,
      replayedAt: row.ReplayedAt,
      fields: Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => (name.startsWith('field:') ? [[name.slice(6), value]] : [])),
      ),
    }),
  );

const ownColumns = [
  'DeadLetteredAt',
  'ReasonCode',
  'ReasonText',
  'MessageBody',
  'MessageTypeName',
  'ConversationHandle',
  'EnqueuedAt',
  'ReceivedAt',
  'ReplayState',
  'ReplayCount',
  'ReplayedAt',
] as const;

/**
 * Lists, shows, replays and purges dead letters. A replayed letter stays in the table with when and how often; when its
 * message fails again it becomes a new PENDING letter, so nothing of its history is lost.
 */
export class DeadLetterTable {
  readonly #client: BrokerClient;
  readonly #table: string;
  readonly #id: string;
  readonly #select: string;
  readonly #claimProcedure: string | undefined;

  /** @throws InvalidBrokerOptionsError for what can't be a name */
  constructor(client: BrokerClient, options: DeadLetterTableOptions) {
    const { table, idColumn = 'DeadLetterId', fields = [], claimProcedure } = options;
    this.#client = client;
    this.#table = quoteQualifiedName(table);
    this.#id = quoteName(idColumn);
    this.#claimProcedure = claimProcedure === undefined ? undefined : quoteQualifiedName(claimProcedure);
    this.#select = [
      `d.${this.#id} AS [id]`,
      ...ownColumns.map((name) => `d.[${name}]`),
      ...fields.map((name) => `d.${quoteName(name)} AS ${quoteName(`field:${name}`)}`),
    ].join(', ');
  }

  /** Letters in the order in which they came. */
  async list(options: DeadLetterListOptions = {}): Promise<StoredDeadLetter[]> {
    const { limit } = parseOptions(limitSchema, { limit: options.limit });
    const { conditions, parameters } = this.#where(options);
    if (options.afterId !== undefined) {
      conditions.push(`d.${this.#id} > @AfterId`);
      parameters.AfterId = sqlParameter.bigint(options.afterId);
    }
    return await this.#client.query(
      `SELECT TOP (@Limit) ${this.#select} FROM ${this.#table} AS d ${whereText(conditions)} ORDER BY d.${this.#id};`,
      { ...parameters, Limit: sqlParameter.int(limit) },
      letterRow,
      { signal: options.signal, context: { operation: `listing the dead letters of ${this.#table}` } },
    );
  }

  /** One letter, or undefined. */
  show(id: bigint, options: CallOptions = {}): Promise<StoredDeadLetter | undefined> {
    return this.#find(this.#client, id, options);
  }

  /** Number of letters. */
  async count(filter: DeadLetterFilter = {}, options: CallOptions = {}): Promise<number> {
    const { conditions, parameters } = this.#where(filter);
    const [row] = await this.#client.query(
      `SELECT COUNT_BIG(*) AS [letters] FROM ${this.#table} AS d ${whereText(conditions)};`,
      parameters,
      z.object({ letters: countColumn }),
      { ...options, context: { operation: `counting the dead letters of ${this.#table}` } },
    );
    return row?.letters ?? 0;
  }

  /** The reasons of letters with how many have each, those of most letters first. */
  async reasons(filter: DeadLetterFilter = {}, options: CallOptions = {}): Promise<DeadLetterReason[]> {
    const { conditions, parameters } = this.#where(filter);
    return await this.#client.query(
      `SELECT d.[ReasonCode], COUNT_BIG(*) AS [letters], MIN(d.[DeadLetteredAt]) AS [First], MAX(d.[DeadLetteredAt]) AS [Last]
       FROM ${this.#table} AS d ${whereText(conditions)} GROUP BY d.[ReasonCode] ORDER BY [letters] DESC, d.[ReasonCode];`,
      parameters,
      reasonRow,
      { ...options, context: { operation: `grouping the dead letters of ${this.#table}` } },
    );
  }

  /**
   * Replays letters one by one, each in a transaction of its own: marking and replaying are one, two operators at the
   * same letter replay it once, and one that fails doesn't keep the others. To see first what it would change, list the
   * letters and look at them.
   *
   * @param replayer what it throws is the outcome of that letter if it is a BrokerError, else the error of the call
   * @throws the signal's reason, between two letters; the outcomes so far are final
   */
  async replay(ids: readonly bigint[], replayer: Replayer, options: CallOptions = {}): Promise<ReplayOutcome[]> {
    const outcomes: ReplayOutcome[] = [];
    for (const id of new Set(ids)) {
      options.signal?.throwIfAborted();
      outcomes.push(await this.#replayOne(id, replayer, options));
    }
    return outcomes;
  }

  /** Deletes letters, a thousand in a transaction; gives their number. */
  async purge(filter: DeadLetterFilter, options: CallOptions = {}): Promise<number> {
    const { conditions, parameters } = this.#where(filter);
    let purged = 0;
    for (;;) {
      const [row] = await this.#client.query(
        `DELETE TOP (${purgeBatchSize}) d FROM ${this.#table} AS d ${whereText(conditions)};
         SELECT @@ROWCOUNT AS [deleted];`,
        parameters,
        z.object({ deleted: z.number() }),
        { ...options, context: { operation: `purging the dead letters of ${this.#table}` } },
      );
      const deleted = row?.deleted ?? 0;
      purged += deleted;
      if (deleted < purgeBatchSize) return purged;
    }
  }

  async #replayOne(id: bigint, replayer: Replayer, options: CallOptions): Promise<ReplayOutcome> {
    await using transaction = await this.#client.beginTransaction();
    try {
      const isClaimed = await this.#claim(transaction, id, options);
      const letter = await this.#find(transaction, id, options);
      if (letter === undefined || !isClaimed) {
        return { id, outcome: 'skipped', state: letter?.replayState ?? null };
      }
      await replayer(letter, transaction);
      await transaction.commit();
      return { id, outcome: 'replayed' };
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      return { id, outcome: 'failed', error };
    }
  }

  /** Marks a letter as replayed, which takes its row's lock before anything is sent; whether it was PENDING. */
  async #claim(transaction: BrokerTransaction, id: bigint, options: CallOptions): Promise<boolean> {
    const mark = `UPDATE d
      SET d.[ReplayState] = N'REPLAYED', d.[ReplayCount] = d.[ReplayCount] + 1, d.[ReplayedAt] = SYSUTCDATETIME()
      FROM ${this.#table} AS d
      WHERE d.${this.#id} = @Id AND d.[ReplayState] = N'PENDING';
      SELECT @@ROWCOUNT AS [claimed];`;
    const isOwn = this.#claimProcedure === undefined;
    const [claim] = await transaction.query(
      isOwn ? mark : `EXECUTE ${this.#claimProcedure} @Table = @Table, @DeadLetterId = @Id;`,
      { Id: sqlParameter.bigint(id), ...(isOwn ? {} : { Table: this.#table }) },
      z.object({ claimed: z.number() }),
      { ...options, context: { operation: `marking dead letter ${id} as replayed` } },
    );
    return claim?.claimed === 1;
  }

  async #find(session: SqlSession, id: bigint, options: CallOptions): Promise<StoredDeadLetter | undefined> {
    const [letter] = await session.query(
      `SELECT ${this.#select} FROM ${this.#table} AS d WHERE d.${this.#id} = @Id;`,
      { Id: sqlParameter.bigint(id) },
      letterRow,
      { ...options, context: { operation: `reading dead letter ${id}` } },
    );
    return letter;
  }

  #where({ state, reasonCode, before }: DeadLetterFilter) {
    const conditions: string[] = [];
    const parameters: Record<string, string | SqlParameter> = {};
    const add = (condition: string, name: string, value: string | SqlParameter) => {
      conditions.push(condition);
      parameters[name] = value;
    };
    if (state !== undefined) add('d.[ReplayState] = @State', 'State', state);
    if (reasonCode !== undefined) add('d.[ReasonCode] = @ReasonCode', 'ReasonCode', reasonCode);
    if (before !== undefined) add('d.[DeadLetteredAt] < @Before', 'Before', sqlParameter.datetime2(before));
    return { conditions, parameters };
  }
}

const whereText = (conditions: readonly string[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
