import { type DeadLetter, type DeadLetterTarget, putDeadLetters } from './dead-letters.ts';
import { type EndConversationOptions, endConversations } from './dialogs.ts';
import { type MessageRetry, putMessageRetries, type RetryTarget } from './message-retries.ts';
import { receivedSavepoint } from './receive-statement.ts';
import { asSystemMessage, type ReceivedMessage, type SystemMessage } from './received-message.ts';
import type { CallOptions } from './sql-session.ts';
import type { BrokerTransaction } from './transaction.ts';
import { undrainedConversations } from './undrained-conversations.ts';

/** Milliseconds until an undrained conversation is checked again. Too short: checks that find nothing new; too long: it stays open that long. */
const undrainedDelayMs = 1_000;

/** Where the messages of a batch come from: a RECEIVE, or the table of those that wait for another try. */
export type BatchSource = 'queue' | 'retries';

/** What a {@link ReceivedBatch} is made of. */
export interface ReceivedBatchParts {
  readonly queue: string;
  readonly source: BatchSource;
  readonly received: readonly ReceivedMessage[];
  /** In which they were received; the batch becomes its owner. */
  readonly transaction: BrokerTransaction;
  readonly receivedAt: Date;
  /** Ends conversations where the login may not. @default END CONVERSATION is run directly */
  readonly endProcedure?: string | undefined;
}

/**
 * Messages, and the transaction in which they were received. Until it is committed the messages are only lent: they
 * are back in the queue, in their old order, after a rollback, a dispose without commit, or the end of the process.
 */
export class ReceivedBatch implements AsyncDisposable {
  readonly queue: string;
  readonly source: BatchSource;
  /** Messages of the application, in the order of the queue. Empty when nothing came within the wait. */
  readonly messages: readonly ReceivedMessage[];
  /** EndDialog, Error and DialogTimer. Answer the first two with {@link endConversations}, or endpoints pile up forever. */
  readonly systemMessages: readonly SystemMessage[];
  /** For reads and set-based writes that belong to the batch. */
  readonly transaction: BrokerTransaction;
  readonly receivedAt: Date;
  readonly #endProcedure: string | undefined;

  constructor({ queue, source, received, transaction, receivedAt, endProcedure }: ReceivedBatchParts) {
    const messages: ReceivedMessage[] = [];
    const systemMessages: SystemMessage[] = [];
    for (const message of received) {
      const system = asSystemMessage(message);
      if (system === undefined) messages.push(message);
      else systemMessages.push(system);
    }
    this.queue = queue;
    this.source = source;
    this.messages = messages;
    this.systemMessages = systemMessages;
    this.transaction = transaction;
    this.receivedAt = receivedAt;
    this.#endProcedure = endProcedure;
  }

  /** Whether nothing at all was received. */
  get isEmpty(): boolean {
    return this.messages.length === 0 && this.systemMessages.length === 0;
  }

  /** Ends conversations, all in one round trip; a handle may be given more than once. */
  endConversations(
    handles: Iterable<string>,
    end: EndConversationOptions = {},
    options: CallOptions = {},
  ): Promise<void> {
    return endConversations(this.transaction, [...handles], end, options, this.#endProcedure);
  }

  /**
   * Ends the conversations whose other side has ended or failed, and others that are over; timers are left to the caller. An
   * Error overtakes the older messages of its conversation, and END CONVERSATION would delete them: such a conversation is left
   * open until its messages have been received.
   *
   * @param over handles of conversations that have carried their last message, as the application knows
   * @returns the Errors of conversations that still have messages in the queue; {@link keepErrors} keeps them until then
   */
  async endFinishedConversations(
    options: CallOptions = {},
    over: readonly string[] = [],
  ): Promise<readonly SystemMessage[]> {
    const errors = this.systemMessages.filter(({ kind }) => kind === 'error');
    const undrained = await undrainedConversations(this.transaction, this.queue, errors, options);
    const isFinished = ({ kind, conversationHandle }: SystemMessage) =>
      kind === 'end-dialog' || (kind === 'error' && !undrained.has(conversationHandle));
    const finished = this.systemMessages.filter(isFinished).map(({ conversationHandle }) => conversationHandle);
    // One that comes from the table of retries may have ended in the meantime.
    await this.endConversations([...finished, ...over], { ignoreEnded: true }, options);
    return errors.filter((message) => !isFinished(message));
  }

  /** Keeps Errors of conversations that aren't drained yet; their conversations are ended when they are received again. */
  keepErrors(target: RetryTarget, errors: readonly SystemMessage[], options: CallOptions = {}): Promise<void> {
    const reason = {
      reasonCode: 'CONVERSATION_NOT_DRAINED',
      reasonText: 'Older messages of the failed conversation are still in the queue.',
    };
    const retries = errors.map((message) => ({ ...reason, message, attempts: 0, delayMs: undrainedDelayMs }));
    return this.retryLater(target, retries, options);
  }

  /** Keeps messages for a later try, all in one round trip, in the transaction of the batch. */
  retryLater(target: RetryTarget, retries: readonly MessageRetry[], options: CallOptions = {}): Promise<void> {
    return putMessageRetries(this.transaction, target, this.queue, retries, options);
  }

  /** Undoes what has been written in the transaction since the messages were received; they stay received. */
  undoWork(options: CallOptions = {}): Promise<void> {
    return this.transaction.run(`ROLLBACK TRANSACTION ${receivedSavepoint};`, {}, options);
  }

  /** Puts messages away as dead letters, all in one round trip, in the transaction of the batch. */
  deadLetter(target: DeadLetterTarget, letters: readonly DeadLetter[], options: CallOptions = {}): Promise<void> {
    return putDeadLetters(this.transaction, target, letters, this.receivedAt, options);
  }

  /** Makes the receive and everything done in `transaction` final. */
  commit(): Promise<void> {
    return this.transaction.commit();
  }

  /**
   * Puts the messages back. SQL Server counts it: five in a row switch a queue off that has poison message handling on, and
   * where it is off they still make the server ask for a schema lock, behind which every SEND waits while another reader has
   * a transaction open. {@link retryLater} and a commit avoid that.
   */
  rollback(): Promise<void> {
    return this.transaction.rollback();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.transaction[Symbol.asyncDispose]();
  }
}
