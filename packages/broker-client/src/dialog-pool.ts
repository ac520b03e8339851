import { z } from 'zod';
import type { BrokerClient } from './broker-client.ts';
import { beginDialog, type DialogOptions, type OutgoingMessage, sendLastMessages, sendOnDialog } from './dialogs.ts';
import { ConversationEndedError, InvalidBrokerOptionsError } from './errors.ts';
import { parseOptions } from './options.ts';
import type { CallOptions } from './sql-session.ts';
import type { BrokerTransaction } from './transaction.ts';

const dialogPoolOptionsSchema = z.object({
  maxMessages: z.int().min(1).max(1_000_000_000).default(4_000),
  maxAgeMs: z.int().min(1).max(86_400_000).default(3_600_000),
});

/** Options of {@link DialogPool}. */
export interface DialogPoolOptions {
  /** The dialogs of the pool are all alike. */
  readonly dialog: DialogOptions;
  /**
   * Sent as the last message of a dialog, whose reader ends the conversation when it gets it. The contract must have its
   * message type, SENT BY INITIATOR or ANY; one with VALIDATION = EMPTY and no body will do.
   */
  readonly endOfDialog: OutgoingMessage;
  /**
   * Messages after which a dialog is replaced, `endOfDialog` not counted. Too few, and dialogs are begun and received one by
   * one, which is what the pool is there to avoid; too many, and one conversation group keeps a single reader busy for long.
   * @default 4000
   */
  readonly maxMessages?: number;
  /**
   * Milliseconds after which a dialog is replaced. Too short is like too few messages; too long, and an endpoint that the
   * other side has lost is kept that long. @default 3600000
   */
  readonly maxAgeMs?: number;
}

/** Options of {@link DialogPool.send}. */
export interface PooledSendOptions extends CallOptions {
  /** Joins this transaction; the dialog is its alone until it has ended. */
  readonly transaction?: BrokerTransaction;
}

/** What a pool has done so far and has now. */
export interface DialogPoolStatistics {
  readonly idle: number;
  readonly leased: number;
  readonly begun: number;
  /** Given up for their age or number of messages, or by `close`: their last message was sent. */
  readonly retired: number;
  /** Replaced because they had ended or failed. */
  readonly repaired: number;
}

interface PooledDialog {
  readonly handle: string;
  readonly begunAt: number;
  messages: number;
}

/**
 * Sends on dialogs that are reused: a dialog per message costs a multiple at both ends, because a RECEIVE
 * takes messages of one conversation group only. A dialog serves one transaction at a time, since the first SEND locks
 * its conversation group until that transaction ends; so there are as many dialogs as sends at a time.
 *
 * | state of a dialog | entered by                               | left for                                                   |
 * |-------------------|------------------------------------------|------------------------------------------------------------|
 * | leased            | BEGIN DIALOG, or a send that takes it    | idle, when its transaction has committed; as it was before when it has rolled back (a new one is gone then) |
 * | idle              | the end of a transaction                 | leased; given up, by the next send when too old, or by `close` |
 * | given up          | age, number of messages, `close`, repair |                                                            |
 *
 * The pool ends no conversation. One that is given up gets `endOfDialog` as its last message, and its reader ends it: an Error
 * that the other side raises afterwards still finds an endpoint to go to, and the endpoint that is closed last, which may stay
 * as CLOSED forever when the sender ends first, is removed.
 *
 * Repair: a dialog that has ended or failed (8426, 8427, 8429, 8462) is replaced and the send repeated on the new one in
 * the same transaction. Nothing is sent twice by that: what makes a SEND fail so was there before the first one, and
 * once one has succeeded, its lock keeps the state of the conversation as it is.
 *
 * Replies, EndDialog and Error messages come to the queue of `dialog.fromService`. Somebody must read it and end the
 * conversations of the latter two (`ReceivedBatch.endFinishedConversations`), those of replaced dialogs too.
 */
export class DialogPool implements AsyncDisposable {
  readonly #client: BrokerClient;
  readonly #dialog: DialogOptions;
  readonly #endOfDialog: OutgoingMessage;
  readonly #maxMessages: number;
  readonly #maxAgeMs: number;
  readonly #idle: PooledDialog[] = [];
  readonly #leases = new Map<BrokerTransaction, Lease>();
  #isClosed = false;
  #begun = 0;
  #retired = 0;
  #repaired = 0;

  /** @throws InvalidBrokerOptionsError for options out of range */
  constructor(client: BrokerClient, { dialog, endOfDialog, ...limits }: DialogPoolOptions) {
    const { maxMessages, maxAgeMs } = parseOptions(dialogPoolOptionsSchema, limits);
    this.#client = client;
    this.#dialog = dialog;
    this.#endOfDialog = endOfDialog;
    this.#maxMessages = maxMessages;
    this.#maxAgeMs = maxAgeMs;
  }

  get statistics(): DialogPoolStatistics {
    return {
      idle: this.#idle.length,
      leased: this.#leases.size,
      begun: this.#begun,
      retired: this.#retired,
      repaired: this.#repaired,
    };
  }

  /**
   * Sends messages, in order, all or none; 1000 of them in a round trip.
   * @throws BrokerError, also InvalidBrokerOptionsError when the pool is closed
   */
  async send(messages: OutgoingMessage | readonly OutgoingMessage[], options: PooledSendOptions = {}): Promise<void> {
    if (this.#isClosed) throw new InvalidBrokerOptionsError(['the dialog pool is closed; make a new one']);
    const list = 'messageType' in messages ? [messages] : messages;
    if (list.length === 0) return;
    const { transaction: joined, ...call } = options;
    if (joined !== undefined) return await this.#sendIn(joined, list, call);
    await using transaction = await this.#client.beginTransaction();
    await this.#sendIn(transaction, list, call);
    await transaction.commit();
  }

  /**
   * Sends the last message of every dialog. Waits for the transactions that have sent on one, which must be ended before or
   * meanwhile.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#leases.values()].map(({ ended }) => ended));
    const dialogs = this.#idle.splice(0);
    await sendLastMessages(this.#client, handlesOf(dialogs), this.#endOfDialog, {});
    this.#retired += dialogs.length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendIn(
    transaction: BrokerTransaction,
    messages: readonly OutgoingMessage[],
    call: CallOptions,
  ): Promise<void> {
    const finished = this.#takeOld();
    // Registered before the first statement, so that the dialogs come back however the transaction ends.
    const lease = this.#leases.get(transaction) ?? this.#lease(transaction);
    lease.finished.push(...finished);
    if (lease.used !== undefined) {
      try {
        await sendOnDialog(transaction, lease.used.handle, messages, call);
      } catch (error) {
        if (!(error instanceof ConversationEndedError)) throw error;
        // Its EndDialog or Error is, or was, in the queue of this side; END CONVERSATION would delete it unread.
        lease.used = undefined;
        lease.sent = 0;
        this.#repaired += 1;
      }
    }
    if (lease.used === undefined) {
      const handle = await beginDialog(transaction, this.#dialog, messages, call);
      this.#begun += 1;
      lease.used = { handle, begunAt: Date.now(), messages: 0 };
      lease.begun.add(lease.used);
    }
    lease.sent += messages.length;
    if (lease.used.messages + lease.sent >= this.#maxMessages) finished.push(this.#finish(lease, lease.used));
    await sendLastMessages(transaction, handlesOf(finished), this.#endOfDialog, call);
  }

  #finish(lease: Lease, dialog: PooledDialog): PooledDialog {
    lease.finished.push(dialog);
    lease.used = undefined;
    lease.sent = 0;
    return dialog;
  }

  /** All sends of a transaction go on one dialog, so they keep their order. */
  #lease(transaction: BrokerTransaction): Lease {
    const taken = this.#idle.pop();
    const finished: PooledDialog[] = [];
    const ended = transaction.ended.then((state) => {
      this.#leases.delete(transaction);
      if (state === 'rolled-back') {
        // What was to be given up is there still, and is given up or repaired by a later send.
        this.#idle.unshift(...finished.filter((dialog) => dialog !== taken && !lease.begun.has(dialog)));
        if (taken !== undefined) this.#idle.push(taken);
        return;
      }
      this.#retired += finished.length;
      if (lease.used !== undefined) {
        lease.used.messages += lease.sent;
        this.#idle.push(lease.used);
      }
    });
    const lease: Lease = { used: taken, sent: 0, begun: new Set(), finished, ended };
    this.#leases.set(transaction, lease);
    return lease;
  }

  /** The last one used is used first, so those that a quiet time needs no more grow old and are given up. */
  #takeOld(): PooledDialog[] {
    const youngest = Date.now() - this.#maxAgeMs;
    const old = this.#idle.filter(({ begunAt }) => begunAt <= youngest);
    for (const dialog of old) this.#idle.splice(this.#idle.indexOf(dialog), 1);
    return old;
  }
}

interface Lease {
  /** What the transaction's messages go on. */
  used: PooledDialog | undefined;
  /** Messages sent on it in the transaction. */
  sent: number;
  /** Gone when the transaction rolls back. */
  readonly begun: Set<PooledDialog>;
  /** Given up in the transaction. */
  readonly finished: PooledDialog[];
  readonly ended: Promise<void>;
}

const handlesOf = (dialogs: readonly PooledDialog[]) => dialogs.map(({ handle }) => handle);
