/** Stable names of what can go wrong. */
export type GraphSyncErrorCode =
  | 'INVALID_OPTIONS'
  | 'NEO4J_AUTH_FAILED'
  | 'NEO4J_UNAVAILABLE'
  | 'NEO4J_TIMEOUT'
  | 'NEO4J_TRANSIENT'
  | 'NEO4J_DATABASE_NOT_FOUND'
  | 'NEO4J_STATEMENT_FAILED'
  | 'SEQUENCE_PASSED'
  | 'ATOM_NOT_FOUND'
  | 'NODE_NOT_FOUND'
  | 'UNKNOWN_LABEL'
  | 'LINEAGE_TIMEOUT'
  | 'UNEXPECTED_GRAPH_DATA'
  | 'SCHEMA_ITEM_REFUSED'
  | 'UNKNOWN_CREATE_STATEMENT'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'SEARCH_INDEX_MISSING'
  | 'SEARCH_TIMEOUT'
  | 'ATOM_HAS_NO_EMBEDDING';

/** Base of everything that this package throws on purpose. */
export abstract class GraphSyncError extends Error {
  abstract readonly code: GraphSyncErrorCode;
  /** Whether doing the same again, later, may succeed without anybody changing anything. */
  abstract readonly retryable: boolean;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when options don't have the shape that they should have. */
export class InvalidGraphOptionsError extends GraphSyncError {
  readonly code = 'INVALID_OPTIONS';
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause: unknown) {
    super(`Invalid options for graph-sync:\n  ${problems.join('\n  ')}`, { cause });
    this.problems = problems;
  }
}

/** Thrown when Neo4j refuses the user, the password, or what the user may do. */
export class GraphAuthError extends GraphSyncError {
  readonly code = 'NEO4J_AUTH_FAILED';
  readonly retryable = false;
  /** Neo4j's own status code. */
  readonly neo4jCode: string;

  constructor(where: string, neo4jCode: string, cause: unknown) {
    super(
      `Neo4j at ${where} refused the log-in (${neo4jCode}). Check Neo4j:Username and Neo4j:Password (in production ` +
        'the Key Vault secrets Neo4jUsername and Neo4jPassword), and that the user may write to the database.',
      { cause },
    );
    this.neo4jCode = neo4jCode;
  }
}

/**
 * Says nothing of the password that was given: Neo4j refuses a user's log-ins for dbms.security.auth_lock_time (5 s) after
 * dbms.security.auth_max_failed_attempts (3) wrong ones, from any client.
 */
export const authenticationRateLimit = 'Neo.ClientError.Security.AuthenticationRateLimit';

/** Thrown when no server answers, or takes no log-ins for a while, or a connection broke; what it was doing may or may not have been committed. */
export class GraphUnavailableError extends GraphSyncError {
  readonly code = 'NEO4J_UNAVAILABLE';
  readonly retryable = true;
  readonly neo4jCode: string;

  constructor(where: string, neo4jCode: string, cause: unknown) {
    super(
      neo4jCode === authenticationRateLimit
        ? `Neo4j at ${where} takes no log-ins of this user for some seconds (${neo4jCode}): somebody has tried a wrong password ` +
            'several times. If it stays so, look for another program with an old password.'
        : `Neo4j at ${where} can't be reached (${neo4jCode}). Check that the server runs, and the host and port in ` +
            'Neo4j:Uri (Bolt, usually 7687).',
      { cause },
    );
    this.neo4jCode = neo4jCode;
  }
}

/** What was measured of time while an answer was waited for. */
export interface MeasuredWait {
  /** Milliseconds from the question to the end of the wait. */
  readonly waitedMs: number;
  /**
   * Milliseconds of these in which this process got no processor, or was busy with something else: it could not have taken an
   * answer then, so they say nothing about the server.
   */
  readonly heldUpMs: number;
}

/** What is known of a wait that came to nothing. */
export interface GraphTimeoutDetails {
  /** What was measured while it was waited. */
  readonly measured?: MeasuredWait;
  /** The time-out of another call, for which all connections were given up while this one was under way. */
  readonly cause?: GraphTimeoutError;
}

/**
 * Thrown when a connection is open and the server doesn't answer on it: it hangs, or the network between has gone
 * silently (a half-open connection). What it was doing may or may not have been committed.
 */
export class GraphTimeoutError extends GraphSyncError {
  readonly code = 'NEO4J_TIMEOUT';
  readonly retryable = true;
  readonly timeoutMs: number;
  /** Undefined where another call's time-out ended the wait. */
  readonly measured: MeasuredWait | undefined;

  constructor(where: string, timeoutMs: number, { measured, cause }: GraphTimeoutDetails = {}) {
    super(
      cause === undefined
        ? `Neo4j at ${where} didn't answer within ${timeoutMs} ms on a connection that seems open${measuredText(measured)}. ` +
            adviceOn(timeoutMs, measured)
        : `All connections to Neo4j at ${where} were given up during this call, because another one had no answer within ${timeoutMs} ms.`,
      cause === undefined ? undefined : { cause },
    );
    this.timeoutMs = timeoutMs;
    this.measured = measured;
  }
}

function measuredText(measured: MeasuredWait | undefined): string {
  if (measured === undefined) return '';
  const { waitedMs, heldUpMs } = measured;
  return ` (measured: ${Math.round(waitedMs)} ms, this process held up for ${Math.round(heldUpMs)} ms of them)`;
}

function adviceOn(timeoutMs: number, measured: MeasuredWait | undefined): string {
  if (measured !== undefined && measured.heldUpMs >= timeoutMs / 10) {
    return (
      'The server may be well: this machine is overloaded, or this process was busy with something else. Give it more processor, or a ' +
      'longer time-out.'
    );
  }
  return "Check that the server isn't stuck, and what is between here and there (firewalls drop silently what they have forgotten).";
}

/** Thrown when Neo4j says that the same transaction may succeed later, and it didn't within the retries. */
export class GraphTransientError extends GraphSyncError {
  readonly code = 'NEO4J_TRANSIENT';
  readonly retryable = true;
  readonly neo4jCode: string;

  constructor(where: string, neo4jCode: string, cause: unknown) {
    super(`Neo4j at ${where} asks to try again later (${neo4jCode}).`, { cause });
    this.neo4jCode = neo4jCode;
  }
}

/** Thrown when the server has no database of that name. */
export class GraphDatabaseNotFoundError extends GraphSyncError {
  readonly code = 'NEO4J_DATABASE_NOT_FOUND';
  readonly retryable = false;
  readonly database: string;

  constructor(where: string, database: string, cause: unknown) {
    super(
      `Neo4j at ${where} has no database "${database}". Check Neo4j:Database; Community has one only, named neo4j.`,
      { cause },
    );
    this.database = database;
  }
}

/** Thrown when Neo4j refuses a statement for what it says or what the graph holds; repeating it is useless. */
export class GraphStatementError extends GraphSyncError {
  readonly code = 'NEO4J_STATEMENT_FAILED';
  readonly retryable = false;
  readonly neo4jCode: string;

  constructor(where: string, neo4jCode: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`Neo4j at ${where} refused a statement (${neo4jCode}): ${detail}`, { cause });
    this.neo4jCode = neo4jCode;
  }
}

/**
 * Thrown when a batch comes so late that tombstones with its number or a greater one have been purged: what it read may
 * have been deleted since, and nothing in the graph would show that. Nothing was written. The batch has to take a new number and
 * read again; its old number is never accepted.
 */
export class SequencePassedError extends GraphSyncError {
  readonly code = 'SEQUENCE_PASSED';
  readonly retryable = true;
  /** The batch's number. */
  readonly sequence: bigint;
  /** The greatest number of a purged tombstone. */
  readonly purgedSequence: bigint;

  constructor(sequence: bigint, purgedSequence: bigint) {
    super(
      `The batch's number ${sequence} is not greater than ${purgedSequence}, up to which tombstones have been purged: ` +
        'what the batch read may be out of date. It has to take a new number and read again.',
    );
    this.sequence = sequence;
    this.purgedSequence = purgedSequence;
  }
}

/**
 * Thrown when a tenant has no atom of that id. An atom of another tenant looks the same as none: neither
 * this error nor its text says that there is one.
 */
export class AtomNotFoundError extends GraphSyncError {
  readonly code = 'ATOM_NOT_FOUND';
  readonly retryable = false;
  readonly atomId: bigint;
  readonly tenantId: number;

  constructor(atomId: bigint, tenantId: number) {
    super(
      `Tenant ${tenantId} has no atom ${atomId} in the graph. Check id and tenant; a new atom is there once the worker ` +
        'has taken its message.',
    );
    this.atomId = atomId;
    this.tenantId = tenantId;
  }
}

/** Thrown when a tenant has no node of that label and id; like {@link AtomNotFoundError} it says nothing of others. */
export class NodeNotFoundError extends GraphSyncError {
  readonly code = 'NODE_NOT_FOUND';
  readonly retryable = false;
  readonly label: string;
  readonly tenantId: number;

  constructor(label: string, id: string, tenantId: number) {
    super(`Tenant ${tenantId} has no ${label} ${id} in the graph. Check label, id and tenant.`);
    this.label = label;
    this.tenantId = tenantId;
  }
}

/** Thrown when nothing declares a label that is asked for. */
export class UnknownLabelError extends GraphSyncError {
  readonly code = 'UNKNOWN_LABEL';
  readonly retryable = false;
  readonly labels: readonly string[];

  constructor(label: string, labels: readonly string[]) {
    super(`There is no label ${JSON.stringify(label)}. Use one of ${labels.join(', ')}.`);
    this.labels = labels;
  }
}

/** Thrown when a lineage query takes longer than it may; asking for the same again takes as long. */
export class LineageTimeoutError extends GraphSyncError {
  readonly code = 'LINEAGE_TIMEOUT';
  readonly retryable = false;
  readonly timeoutMs: number;

  constructor(timeoutMs: number, cause: unknown) {
    super(`The query took longer than ${timeoutMs} ms and was ended. Ask for less depth, or allow more time.`, {
      cause,
    });
    this.timeoutMs = timeoutMs;
  }
}

/** Thrown when the graph holds something in a shape that no sync writes, for example an atom whose id is text. */
export class UnexpectedGraphDataError extends GraphSyncError {
  readonly code = 'UNEXPECTED_GRAPH_DATA';
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause: unknown) {
    super(`The graph holds what no sync writes:\n  ${problems.join('\n  ')}\nRun hartonomous reconcile --deep.`, {
      cause,
    });
    this.problems = problems;
  }
}
