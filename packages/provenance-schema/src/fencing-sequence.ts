/** The sequence that hands out the fencing numbers of batches. */
export const fencingSequence = 'dbo.GraphSyncSequence';

/**
 * T-SQL that answers the last number handed out, as `current`: one row, or none where the login may not see the sequence.
 * UPDATE on it, which NEXT VALUE FOR needs anyway, is enough: catalog views show the objects on which a login has any
 * permission (sys.sequences, "Metadata visibility configuration").
 */
export const currentFencingNumber = [
  'SELECT CAST(s.[current_value] AS BIGINT) AS [current]',
  'FROM sys.sequences AS s',
  "WHERE s.[schema_id] = SCHEMA_ID(N'dbo') AND s.[name] = N'GraphSyncSequence';",
].join('\n');

/**
 * How the sequence stands to the graph. `ahead`: as it should be. `behind`: the database is older than the graph (restored, or
 * another one), and the graph takes its changes for old ones. `unseen`: it can't be told, and `reason` says why.
 */
export type FencingState =
  | { readonly state: 'ahead'; readonly greatest: bigint; readonly current: bigint }
  | FencingBehind
  | { readonly state: 'unseen'; readonly reason: string; readonly action: string };

/** See {@link FencingState}. */
export interface FencingBehind {
  readonly state: 'behind';
  readonly greatest: bigint;
  readonly current: bigint;
  /** T-SQL that puts it right, to be run in the database by someone who may alter the sequence. */
  readonly statement: string;
  /** What is seen, and what follows from it. */
  readonly reason: string;
  /** The statement, and what to run after it. */
  readonly action: string;
}

/**
 * Compares the sequence with the graph. A batch's own number says nothing: readers pass each other all the time.
 *
 * @param greatest greatest number that any batch has written with, read before `current`; `null` when the graph doesn't know
 * @param current last number handed out; `null` when the login may not see the sequence, or there is none
 */
export function fencingState(greatest: bigint | null, current: bigint | null): FencingState {
  if (current === null) {
    return {
      state: 'unseen',
      reason: `Whether ${fencingSequence} is behind the graph could not be checked: there is no such sequence, or this login may not see it.`,
      action: 'Put the user into the role HartonomousWorker, or ask as an administrator.',
    };
  }
  if (greatest === null) {
    return {
      state: 'unseen',
      reason: `Whether ${fencingSequence} is behind the graph could not be checked: the graph doesn't know its greatest number yet.`,
      action: 'Run: hartonomous graph deploy (its migration looks for the number once)',
    };
  }
  if (current >= greatest) return { state: 'ahead', greatest, current };
  const statement = `ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH ${greatest + 1n};`;
  return {
    ...{ state: 'behind', greatest, current, statement },
    reason:
      `${fencingSequence} is at ${current}, but the graph has been written to with numbers up to ${greatest}: it would take ` +
      'changes for old ones and leave them out. So it is after a restore of the database, or where the graph is that of another one.',
    action: `If graph and database belong together, run ${statement} Then run: hartonomous reconcile --repair`,
  };
}

/** Thrown when {@link fencingState} is `behind`, by what must not go on then. It heals when somebody runs the statement. */
export class SequenceBehindError extends Error {
  readonly code = 'SEQUENCE_BEHIND';
  readonly retryable = true;
  override get name(): string {
    return this.constructor.name;
  }
  readonly greatest: bigint;
  readonly current: bigint;
  readonly statement: string;
  /** What is seen, and what to do: the two parts of the message. */
  readonly reason: string;
  readonly action: string;

  constructor({ greatest, current, statement, reason, action }: FencingBehind) {
    super(`${reason} ${action}`);
    this.greatest = greatest;
    this.current = current;
    this.statement = statement;
    this.reason = reason;
    this.action = action;
  }
}
