/** A program outside SQL Server, or a procedure that SQL Server activates. Both at one queue would take each other's messages. */
export type QueueReader =
  | { readonly kind: 'worker'; readonly program: string }
  | { readonly kind: 'procedure'; readonly procedure: string };

/** How senders reuse a dialog; the enqueue procedures pass both to `dbo.sp_SendOnPooledDialog`. */
export interface DialogLimits {
  /**
   * Messages after which a dialog is ended. Too few: beginning dialogs costs more than sending. Too many: a sender's backlog is
   * one conversation group, which one reader at a time can receive from.
   */
  readonly maxMessages: number;
  /**
   * Minutes after which a dialog is ended. Too few: quiet sessions begin a dialog per message. Too many: dialogs outlive
   * redeployments of the services that they were begun for.
   */
  readonly maxAgeMinutes: number;
}

/** Where messages go that can't be processed. */
export interface DeadLetters {
  /** Table, with its schema. Besides {@link fields} it has the columns that every such table has. */
  readonly table: string;
  /** Procedure that a worker puts them away with, in the transaction that received them. */
  readonly procedure: string;
  /** Procedure that deletes letters past their retention. */
  readonly purgeProcedure: string;
  /** The queue's own columns of the table. In the procedure's JSON each begins with a lower-case letter. */
  readonly fields: readonly string[];
  /** Defaults of the worker's settings. */
  readonly retention: {
    /** Days from the replay until the row is purged. */
    readonly replayedDays: number;
    /** Days from the failure until a row is purged that nobody has replayed; `null`: never. */
    readonly pendingDays: number | null;
  };
}

interface AnyQueue {
  /** What the queue is called in options and settings, for example `--queue sync`. */
  readonly name: string;
  /** What its messages are about, in a few words. */
  readonly description: string;
  /** The queue, with its schema. */
  readonly queue: string;
  /** The service on the queue. */
  readonly service: string;
}

/** A queue that a worker takes requests off. */
export interface WorkerQueue extends AnyQueue {
  readonly reader: Extract<QueueReader, { kind: 'worker' }>;
  readonly messageType: string;
  readonly contract: string;
  /** The service that requests are sent from. */
  readonly initiatorService: string;
  /** Procedures that send a request as part of the caller's transaction. */
  readonly enqueueProcedures: readonly string[];
  readonly dialog: DialogLimits;
  readonly deadLetters: DeadLetters;
}

/** A queue of replies to dialogs that this database has begun (EndDialog, Error), handled inside SQL Server. */
export interface ProcedureQueue extends AnyQueue {
  readonly reader: Extract<QueueReader, { kind: 'procedure' }>;
}

/** One queue of the SQL project, declared once, with everything around it. */
export type QueueDefinition = WorkerQueue | ProcedureQueue;

// Names are put into statement texts, so they must be plain words; sysname has 128 characters.
const plainName = /^[A-Za-z_]\w{0,127}$/;
const qualifiedName = /^[A-Za-z_]\w{0,127}\.[A-Za-z_]\w{0,127}$/;

/** Schema and name of what has been declared as `schema.name`. */
export function objectName(qualified: string): { readonly schema: string; readonly name: string } {
  const [schema = '', name = ''] = qualified.split('.');
  return { schema, name };
}

/**
 * Declares a queue and checks the declaration, which is code and not input.
 *
 * @throws TypeError for a name that isn't a plain word, for one without its schema, and for limits below 1
 */
export function defineQueue<const Definition extends QueueDefinition>(definition: Definition): Definition {
  const given: QueueDefinition = definition;
  const plain = [given.name, given.service];
  const qualified = [given.queue];
  if (given.reader.kind === 'procedure') qualified.push(given.reader.procedure);
  if (isWorkerQueue(given)) {
    const { messageType, contract, initiatorService, enqueueProcedures, deadLetters, dialog } = given;
    plain.push(messageType, contract, initiatorService, ...deadLetters.fields);
    qualified.push(...enqueueProcedures, deadLetters.table, deadLetters.procedure, deadLetters.purgeProcedure);
    for (const [limit, value] of Object.entries(dialog)) {
      if (!Number.isInteger(value) || value < 1)
        throw new TypeError(`Queue ${given.name}: ${limit} must be 1 or more.`);
    }
  }
  for (const name of plain) {
    if (!plainName.test(name)) throw new TypeError(`Queue ${given.name}: '${name}' isn't a plain name.`);
  }
  for (const name of qualified) {
    if (!qualifiedName.test(name)) throw new TypeError(`Queue ${given.name}: '${name}' isn't a name with its schema.`);
  }
  return definition;
}

/** Whether a worker reads the queue, so that it has requests and dead letters. */
export function isWorkerQueue(queue: QueueDefinition): queue is WorkerQueue {
  return queue.reader.kind === 'worker';
}
