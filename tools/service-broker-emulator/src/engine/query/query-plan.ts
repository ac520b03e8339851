import type { ResultColumn } from '../session-contract.ts';
import type { SqlRow } from '../types/sql-value.ts';
import type { QueryEnvironment } from './environment.ts';
import type { Frame, Run } from './frame.ts';
import type { CteBindings, Scope } from './scope.ts';

/** An output column, with the alias of the source it was read from (for FOR JSON AUTO and FOR XML AUTO). */
export interface PlanColumn extends ResultColumn {
  readonly source?: string;
  /** The column it shows unchanged: slot and ordinal in the query's own scope. */
  readonly origin?: { readonly slot: number; readonly ordinal: number };
}

/** Receives one row; false = enough. The row may be kept: it is never changed afterwards. */
export type RowConsumer = (row: SqlRow) => boolean;

/** A query ready to run. Holds no state of a run. */
export interface QueryPlan {
  readonly columns: readonly PlanColumn[];
  /** True when it reads rows of a query around it: its result can't be kept from one row of that query to the next. */
  readonly correlated: boolean;
  /**
   * Produces the rows. False when `consume` ended it early.
   *
   * @param outer the frame of the query around it
   */
  scan(run: Run, outer: Frame | undefined, consume: RowConsumer): boolean;
}

/** Where a query stands: what its names can refer to besides its own FROM. */
export interface QueryPlace {
  readonly environment: QueryEnvironment;
  readonly outer: Scope | undefined;
  readonly ctes: CteBindings;
  /** OPTION (MAXRECURSION n) of the statement; 0 = no limit. @default 100 */
  readonly maxRecursion?: number;
}
