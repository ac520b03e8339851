import { type DeadLetter, type DeadLetterTarget, putDeadLetters } from './dead-letters.ts';
import { type EndConversationOptions, endConversations } from './dialogs.ts';
import { asSystemMessage, type ReceivedMessage, type SystemMessage } from './received-message.ts';
import type { CallOptions } from './sql-session.ts';
import type { BrokerTransaction } from './transaction.ts';

/**
 * Messages, and the transaction in which they were received. Until it is committed the messages are only lent: they
 * are back in the queue, in their old order, after a rollback, a dispose without commit, or the end of the process.
 */
export class ReceivedBatch implements AsyncDisposable {
  /** Messages of the application, in the order of the queue. Empty when nothing came within the wait. */
  readonly messages: readonly ReceivedMessage[];
  /** EndDialog, Error and DialogTimer. Answer the first two with {@link endConversations}, or endpoints pile up for ever. */
  readonly systemMessages: readonly SystemMessage[];
  /** For reads and set-based writes that belong to the batch. */
  readonly transaction: BrokerTransaction;
  readonly receivedAt: Date;

  constructor(received: readonly ReceivedMessage[], transaction: BrokerTransaction, receivedAt: Date) {
    const messages: ReceivedMessage[] = [];
    const systemMessages: SystemMessage[] = [];
    for (const message of received) {
      const system = asSystemMessage(message);
      if (system === undefined) messages.push(message);
      else systemMessages.push(system);
    }
    this.messages = messages;
    this.systemMessages = systemMessages;
    this.transaction = transaction;
    this.receivedAt = receivedAt;
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
    return endConversations(this.transaction, [...handles], end, options);
  }

  /** Ends the conversations whose other side has ended or failed; timers are left to the caller. */
  endFinishedConversations(options: CallOptions = {}): Promise<void> {
    const finished = this.systemMessages.filter((message) => message.kind !== 'dialog-timer');
    return this.endConversations(
      finished.map((message) => message.conversationHandle),
      {},
      options,
    );
  }

  /** Puts messages away as dead letters, all in one round trip, in the transaction of the batch. */
  deadLetter(target: DeadLetterTarget, letters: readonly DeadLetter[], options: CallOptions = {}): Promise<void> {
    return putDeadLetters(this.transaction, target, letters, this.receivedAt, options);
  }

  /** Makes the receive and everything done in `transaction` final. */
  commit(): Promise<void> {
    return this.transaction.commit();
  }

  /** Puts the messages back. Five in a row switch a queue off that has poison message handling on. */
  rollback(): Promise<void> {
    return this.transaction.rollback();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.transaction[Symbol.asyncDispose]();
  }
}
