import type mssql from 'mssql';
import { type BrokerHealth, brokerHealth, type EndpointCount, type StuckTransmission } from './broker-health.ts';
import {
  beginDialog,
  type DialogOptions,
  type EndConversationOptions,
  endConversations,
  type OutgoingMessage,
  sendOnDialog,
  setConversationTimer,
} from './dialogs.ts';
import { UnexpectedRowsError } from './errors.ts';
import { type RetryTarget, takeMessageRetries, type WaitingRetries, waitingRetries } from './message-retries.ts';
import { parseOptions, type ReceiveOptions, receiveOptionsSchema } from './options.ts';
import { type SqlParameters, sqlParameter } from './parameters.ts';
import {
  isBrokerEnabled,
  type QueueBacklog,
  queueBacklog,
  setQueueEnabled,
  type WaitingMessages,
  waitingMessages,
} from './queue-backlog.ts';
import { probeQueue, type QueueStatus, queueDepth, queueStatus } from './queue-inspection.ts';
import { keptBodyBytes } from './receive-limit.ts';
import { receiveStatement } from './receive-statement.ts';
import { type BatchSource, ReceivedBatch } from './received-batch.ts';
import { type ReceivedMessage, receivedMessages, receivedSetsSchema } from './received-message.ts';
import { type CallOptions, createSession, type SqlSession, type UncheckedRow } from './sql-session.ts';
import { BrokerTransaction } from './transaction.ts';
import { type ErrorContext, translateError } from './translate-error.ts';

/** Options of a call that can join a transaction. */
export interface JoinOptions extends CallOptions {
  /** Does the work inside this transaction; without it, each call is a transaction of its own. */
  readonly transaction?: BrokerTransaction;
}

/** Message and dialog of {@link BrokerClient.send}. */
export type SendOptions = DialogOptions & (OutgoingMessage | { readonly messages: readonly OutgoingMessage[] });

/** What `connectBroker` hands to a client. */
export interface BrokerConnection {
  readonly pool: mssql.ConnectionPool;
  readonly newTransaction: () => mssql.Transaction;
  readonly requestTimeoutMs: number;
  readonly errorContext: (operation: string) => ErrorContext;
  readonly endProcedure?: string | undefined;
  readonly healthProcedure?: string | undefined;
}

/**
 * A client of SQL Server Service Broker, made by `connectBroker`. It holds a pool of connections, so one per process
 * and database is enough. Dispose it at the end. All errors are {@link BrokerError}s.
 */
export class BrokerClient implements SqlSession, AsyncDisposable {
  readonly query: SqlSession['query'];
  readonly querySets: SqlSession['querySets'];
  readonly queryTables: SqlSession['queryTables'];
  readonly run: SqlSession['run'];
  readonly runBatch: SqlSession['runBatch'];
  readonly execute: SqlSession['execute'];
  readonly #connection: BrokerConnection;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
    const session = createSession(() => connection.pool.request());
    this.query = session.query;
    this.querySets = session.querySets;
    this.queryTables = session.queryTables;
    this.run = session.run;
    this.runBatch = session.runBatch;
    this.execute = session.execute;
  }

  /** Begins a transaction at READ COMMITTED; use it with `await using`. */
  async beginTransaction(): Promise<BrokerTransaction> {
    const transaction = this.#connection.newTransaction();
    try {
      await transaction.begin();
    } catch (error) {
      throw translateError(error, this.#connection.errorContext('beginning a transaction'));
    }
    return new BrokerTransaction(transaction);
  }

  /**
   * Begins a dialog and sends one or more messages on it, in one round trip. For many messages, keep the dialog and use
   * {@link sendOnDialog}: a dialog per message costs several times as much, and readers get one message per RECEIVE.
   * @returns the handle of the dialog, which the caller must end when the other side has ended or failed
   */
  async send(options: SendOptions, join: JoinOptions = {}): Promise<string> {
    const messages = 'messages' in options ? options.messages : [options];
    return await this.#whole(join, messages.length + 1, (session) => beginDialog(session, options, messages, join));
  }

  /** Begins a dialog; nothing is visible to the other side until a message is sent. */
  beginDialog(options: DialogOptions, join: JoinOptions = {}): Promise<string> {
    return beginDialog(join.transaction ?? this, options, [], join);
  }

  /** Sends messages on a dialog, in order, all or none. */
  async sendOnDialog(
    conversationHandle: string,
    messages: OutgoingMessage | readonly OutgoingMessage[],
    join: JoinOptions = {},
  ): Promise<void> {
    const list = 'messageType' in messages ? [messages] : messages;
    await this.#whole(join, list.length, (session) => sendOnDialog(session, conversationHandle, list, join));
  }

  /** Ends this side of a conversation: plainly, with an error, or with cleanup. */
  endConversation(conversationHandle: string, end: EndConversationOptions = {}, join: JoinOptions = {}): Promise<void> {
    const { endProcedure } = this.#connection;
    return endConversations(join.transaction ?? this, [conversationHandle], end, join, endProcedure);
  }

  /** Ends conversations, all in one round trip; all or none. */
  async endConversations(
    handles: readonly string[],
    end: EndConversationOptions = {},
    join: JoinOptions = {},
  ): Promise<void> {
    const { endProcedure } = this.#connection;
    await this.#whole(join, handles.length, (session) => endConversations(session, handles, end, join, endProcedure));
  }

  /**
   * Has a DialogTimer message put into this side's queue, once, after some time; another timer of the conversation is
   * replaced. It comes with the next batch as a system message of kind `dialog-timer`, also after a restart of the server.
   * @param seconds whole, from 1
   * @throws ConversationEndedError, InvalidBrokerOptionsError
   */
  setConversationTimer(conversationHandle: string, seconds: number, join: JoinOptions = {}): Promise<void> {
    return setConversationTimer(join.transaction ?? this, conversationHandle, seconds, join);
  }

  /**
   * Calls the procedure that is an application's way in to its queue. Inside a transaction, the message is sent if and
   * only if the transaction commits.
   * @param parameters also table-valued ones (`sqlParameter.table`), for many changes at once
   */
  enqueue(procedure: string, parameters: SqlParameters, join: JoinOptions = {}): Promise<readonly UncheckedRow[]> {
    return (join.transaction ?? this).execute(procedure, parameters, join);
  }

  /**
   * Receives a batch: waits up to `waitMs` for a first message, takes what else is there up to `batchSize`, in one
   * round trip, inside a transaction that the returned batch owns. Use it with `await using`.
   *
   * @throws the signal's reason when aborted while waiting; messages that came meanwhile are back in the queue
   * @throws QueueDisabledError, QueueNotFoundError, PermissionDeniedError, BrokerUnavailableError, BrokerTimeoutError
   */
  async receiveBatch(options: ReceiveOptions): Promise<ReceivedBatch> {
    const { queue, batchSize, waitMs, maxBodyBytes } = parseOptions(receiveOptionsSchema, options);
    const { signal } = options;
    signal?.throwIfAborted();
    const transaction = await this.beginTransaction();
    try {
      const operation = `receiving from ${queue}`;
      const sets = await transaction.querySets(
        receiveStatement(queue),
        {
          BatchSize: sqlParameter.int(batchSize),
          WaitMs: sqlParameter.int(waitMs),
          MaxBodyBytes: sqlParameter.bigint(maxBodyBytes),
          KeptBodyBytes: sqlParameter.bigint(keptBodyBytes),
        },
        {
          ...(signal === undefined ? {} : { signal }),
          // The answer of a healthy server comes right after the wait; what takes longer is a dead connection.
          timeoutMs: waitMs + this.#connection.requestTimeoutMs,
          context: { operation, queue },
        },
      );
      const checked = receivedSetsSchema.safeParse(sets);
      const messages = checked.success ? receivedMessages(checked.data) : undefined;
      if (messages === undefined) {
        throw new UnexpectedRowsError(`SQL Server answered with unexpected rows while ${operation}.`, {
          cause: checked.error,
        });
      }
      return this.#batch(queue, 'queue', messages, transaction);
    } catch (error) {
      await transaction[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Takes messages of a queue whose next try is due, inside a transaction that the returned batch owns; see
   * `ReceivedBatch.retryLater`. Doesn't wait. Use it with `await using`.
   *
   * @param count most messages, from 1
   * @throws BrokerError; nothing is taken then
   */
  async takeRetries(
    queue: string,
    target: RetryTarget,
    count: number,
    options: CallOptions = {},
  ): Promise<ReceivedBatch> {
    options.signal?.throwIfAborted();
    const transaction = await this.beginTransaction();
    try {
      const received = await takeMessageRetries(transaction, target, queue, count, options);
      return this.#batch(queue, 'retries', received, transaction);
    } catch (error) {
      await transaction[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Messages of a queue that wait for another try. */
  waitingRetries(
    queue: string,
    target: Pick<RetryTarget, 'table'>,
    options: CallOptions = {},
  ): Promise<WaitingRetries> {
    return waitingRetries(this, target, queue, options);
  }

  /** How a queue is set up. */
  queueStatus(queue: string, options: CallOptions = {}): Promise<QueueStatus> {
    return queueStatus(this, queue, options);
  }

  /**
   * Resolves when a queue can be received from; receives nothing. The probe of a `ReceiveLoop`.
   * @throws QueueDisabledError, QueueNotFoundError, BrokerUnavailableError
   */
  probeQueue(queue: string, options: CallOptions = {}): Promise<void> {
    return probeQueue(this, queue, options);
  }

  /** Number of messages in a queue. */
  queueDepth(queue: string, options: CallOptions = {}): Promise<number> {
    return queueDepth(this, queue, options);
  }

  /** Number of messages in a queue and age of the oldest. Needs SELECT on the queue, and nothing more. */
  waitingMessages(queue: string, options: CallOptions = {}): Promise<WaitingMessages> {
    return waitingMessages(this, queue, options);
  }

  /** Whether Service Broker is enabled in the database. */
  isBrokerEnabled(options: CallOptions = {}): Promise<boolean> {
    return isBrokerEnabled(this, options);
  }

  /** What waits in a queue: number, age of the oldest, activation, whether poison messages may have switched it off. */
  queueBacklog(queue: string, options: CallOptions = {}): Promise<QueueBacklog> {
    return queueBacklog(this, queue, options);
  }

  /** Switches a queue on, also one that poison message detection has switched off. */
  enableQueue(queue: string, options: CallOptions = {}): Promise<void> {
    return setQueueEnabled(this, queue, true, options);
  }

  /** Switches a queue off: receiving fails with QUEUE_DISABLED, messages sent to it wait in the transmission queue. */
  disableQueue(queue: string, options: CallOptions = {}): Promise<void> {
    return setQueueEnabled(this, queue, false, options);
  }

  /**
   * Endpoints, what could not be delivered, and leaked conversations.
   * @throws PermissionDeniedError when the login sees neither these nor the procedure for them
   */
  brokerHealth(options: CallOptions = {}): Promise<BrokerHealth> {
    return brokerHealth(this, this.#connection.healthProcedure, options);
  }

  /** Conversation endpoints of the database by state. @throws PermissionDeniedError as {@link brokerHealth} */
  async endpointCounts(options: CallOptions = {}): Promise<readonly EndpointCount[]> {
    return (await this.brokerHealth(options)).endpoints;
  }

  /** Messages that could not be delivered yet, and why. @throws PermissionDeniedError as {@link brokerHealth} */
  async stuckTransmissions(options: CallOptions = {}): Promise<readonly StuckTransmission[]> {
    return (await this.brokerHealth(options)).stuck;
  }

  /** Closes all connections; open transactions are rolled back by the server. */
  async close(): Promise<void> {
    await this.#connection.pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #batch(
    queue: string,
    source: BatchSource,
    received: readonly ReceivedMessage[],
    transaction: BrokerTransaction,
  ): ReceivedBatch {
    const { endProcedure } = this.#connection;
    return new ReceivedBatch({ queue, source, received, transaction, receivedAt: new Date(), endProcedure });
  }

  /** Several statements are all or none also without a transaction of the caller. */
  async #whole<T>(join: JoinOptions, statements: number, work: (session: SqlSession) => Promise<T>): Promise<T> {
    if (join.transaction !== undefined) return await work(join.transaction);
    if (statements <= 1) return await work(this);
    await using transaction = await this.beginTransaction();
    const result = await work(transaction);
    await transaction.commit();
    return result;
  }
}
