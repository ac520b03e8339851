import type {
  BatchHandler,
  BrokerClient,
  BrokerOptions,
  LoopRetryOptions,
  ReceiveFailure,
  ReceiveLoopOptions,
  ReceiveLoopSignals,
} from '@hartonomous/broker-client';
import { bindConfiguration, type Configuration, type SqlConnectionSettings } from '@hartonomous/config-loader';
import type { CommandHelp, Logger, WorkerContext } from '@hartonomous/worker-host';
import type { z } from 'zod';
import { InvalidQueueWorkerError } from './errors.ts';
import type { QueueWorkerSettings } from './options.ts';
import type { PresenceProcedures } from './presence.ts';
import type { Purge } from './purges.ts';

/** What a worker has to know of its queue; the queues of provenance-schema fit. */
export interface WorkedQueue {
  /** With its schema. */
  readonly queue: string;
  /** The name of the program, in logs, health and service managers. */
  readonly reader: { readonly program: string };
  readonly deadLetters: {
    /** With its schema. */
    readonly table: string;
    /** Takes dead letters. */
    readonly procedure: string;
    /** Deletes those of `@Table` that are older than `@ReplayedDays` and `@PendingDays` (NULL: never). */
    readonly purgeProcedure: string;
  };
}

/** What a {@link Dependency} connects with. */
export interface ConnectContext<Settings> {
  readonly settings: Settings;
  readonly logger: Logger;
  /** As many connections as readers, probe and purges can use at a time. */
  readonly maxConnections: number;
  /** Aborted when the worker is to stop. */
  readonly signal: AbortSignal;
}

/** A server besides SQL Server that batches can't do without. */
export interface Dependency<Settings, Connection extends AsyncDisposable> {
  /** Connects once. Errors with `retryable: true` are waited out; any other ends the worker. */
  connect(context: ConnectContext<Settings>): Promise<Connection>;
  /** Resolves when the server does what batches need. Called during an outage, and at intervals while the queue is empty. */
  probe(connection: Connection, context: { readonly settings: Settings; readonly signal: AbortSignal }): Promise<void>;
  /** What an error of a batch or a probe means; undefined for errors that aren't this server's. */
  classify(error: Error): ReceiveFailure<string>['kind'] | undefined;
}

/** Something that must hold before messages may be received, and between them. */
export interface Check {
  /** Resolves when it holds. Called before the first message, after every outage, and at intervals while the queue is empty. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether an error of {@link run}, or of a batch, means that it doesn't hold: the worker isn't ready then and receives nothing. */
  isFailure(error: Error): boolean;
}

/** What `start` gets. */
export interface QueueWorkerContext<Settings>
  extends Pick<WorkerContext, 'logger' | 'meter' | 'tracer' | 'addWarning' | 'addDependency'> {
  readonly settings: Settings;
  readonly client: BrokerClient;
  /** A GUID of this process, and of no other: for leases. Where the declaration has `presence`, the database knows whose it is. */
  readonly workerId: string;
  /** By which outcomes refer to this process, where the declaration has `presence`; otherwise null. */
  readonly workerInstanceId: number | null;
}

/** What a worker does with its messages. */
export interface QueueWork extends Pick<ReceiveLoopOptions<string>, 'batchSize' | 'messagesInHand' | 'gatherMs'> {
  readonly handler: BatchHandler;
  /** Keeps the messages of a batch that failed for another try, rather than rolling them back. @default rolled back */
  readonly retries?: Omit<LoopRetryOptions, 'deadLetters'>;
  /**
   * Work that goes on beside the receive loop: with a message as a wake-up, for example, what is done outside of the transaction
   * that received it. Begun with the loop; resolves when it has finished what it has in hand after `drain` is aborted. Its
   * rejection ends the worker, as a defect of the handler does. `drain` is aborted too when the queue is paused; it is begun again
   * when the pause is over.
   */
  readonly beside?: (signals: ReceiveLoopSignals) => Promise<void>;
  /** Besides the one of dead letters, which every worker has. */
  readonly purges?: readonly Purge[];
  /** By name, as health shows it. */
  readonly checks?: Readonly<Record<string, Check>>;
  /** Fields of the log line about received messages. */
  readonly logFields?: Readonly<Record<string, unknown>>;
}

/** An object with the settings of every worker and its own. */
export type SettingsSchema = z.ZodObject & z.ZodType<QueueWorkerSettings>;

/** A worker on a queue, as {@link defineQueueWorker} takes it. */
export interface QueueWorkerDeclaration<
  Schema extends SettingsSchema,
  Connections extends Readonly<Record<string, AsyncDisposable>>,
> {
  readonly queue: WorkedQueue;
  /** Name for people, for example `Neo4j Sync Worker`. */
  readonly displayName: string;
  /** What the worker belongs to, for telemetry (`service.namespace`). */
  readonly namespace?: string;
  /** The folder of the program, with its appsettings files: `programFolder(import.meta.url)`. */
  readonly folder: URL;
  readonly help: Omit<CommandHelp, 'name'>;
  /** Has the sections of `workerShape`, `healthSection` and `applicationInsightsSection`. */
  readonly settings: Schema;
  /** Where the queue is. */
  readonly database: (settings: z.output<Schema>) => SqlConnectionSettings;
  /** The reason, where the configuration switches the worker off; read before {@link settings}, which may be incomplete then. */
  readonly nothingToDo?: (configuration: Configuration) => string | undefined;
  /** Connections to SQL Server that a reader uses at a time. @default 1 */
  readonly connectionsPerReader?: number;
  /** Connections to SQL Server that `beside` uses at a time. @default none */
  readonly connectionsBesides?: (settings: z.output<Schema>) => number;
  /** Procedures that do what a worker's login alone may not; see the options of connectBroker. @default it is done directly */
  readonly procedures?: Pick<BrokerOptions, 'endProcedure' | 'healthProcedure'>;
  /** Procedures by which the worker is known to its database and can be paused. @default it is not known, and can't be paused */
  readonly presence?: PresenceProcedures;
  /** By name, as health shows it; `sql-server` is there anyway. `start` gets the connections by these names. */
  readonly dependencies?: {
    readonly [Name in keyof Connections]: Dependency<z.output<Schema>, Connections[Name]>;
  };
  /** Called when everything is connected. */
  readonly start: (context: QueueWorkerContext<z.output<Schema>> & Connections) => QueueWork;
}

/** A worker that has been declared; `runQueueWorker` runs it. */
export interface QueueWorker<Settings extends QueueWorkerSettings> {
  readonly queue: WorkedQueue;
  readonly displayName: string;
  readonly namespace: string | undefined;
  readonly folder: URL;
  readonly help: Omit<CommandHelp, 'name'>;
  readonly settingsSchema: z.ZodObject;
  /** Checks what was read. @throws ConfigurationError */
  readonly bind: (configuration: Configuration) => Settings;
  readonly database: (settings: Settings) => SqlConnectionSettings;
  readonly nothingToDo: (configuration: Configuration) => string | undefined;
  readonly connectionsPerReader: number;
  readonly connectionsBesides: (settings: Settings) => number;
  readonly procedures: Pick<BrokerOptions, 'endProcedure' | 'healthProcedure'>;
  readonly presence: PresenceProcedures | undefined;
  readonly dependencies: Readonly<Record<string, Dependency<Settings, AsyncDisposable>>>;
  readonly start: (
    context: QueueWorkerContext<Settings>,
    connections: Readonly<Record<string, AsyncDisposable>>,
  ) => QueueWork;
}

/** Names of what `start` gets, and of the readiness that every worker has. */
const takenNames = new Set([
  'sql-server',
  'settings',
  'client',
  'workerId',
  'workerInstanceId',
  'not-paused',
  'logger',
  'meter',
  'tracer',
  'addWarning',
  'addDependency',
]);

/**
 * Declares a worker.
 *
 * @throws InvalidQueueWorkerError when a dependency has the name of something that every worker has
 */
export function defineQueueWorker<
  Schema extends SettingsSchema,
  Connections extends Readonly<Record<string, AsyncDisposable>> = Readonly<Record<never, AsyncDisposable>>,
>(declaration: QueueWorkerDeclaration<Schema, Connections>): QueueWorker<z.output<Schema>> {
  const {
    settings,
    namespace,
    nothingToDo = () => undefined,
    connectionsPerReader = 1,
    connectionsBesides = () => 0,
    procedures = {},
    presence,
    start,
    ...rest
  } = declaration;
  const dependencies: Record<string, Dependency<z.output<Schema>, AsyncDisposable>> = { ...declaration.dependencies };
  for (const name of Object.keys(dependencies)) {
    if (takenNames.has(name))
      throw new InvalidQueueWorkerError(`A dependency can't be called ${name}: every worker has that.`);
  }
  return {
    ...rest,
    settingsSchema: settings,
    bind: (configuration) => bindConfiguration(configuration, settings),
    namespace,
    nothingToDo,
    connectionsPerReader,
    connectionsBesides,
    procedures,
    presence,
    dependencies,
    // Made by the dependencies above, each under its name.
    start: (context, connections) => start({ ...context, ...(connections as Connections) }),
  };
}
