import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';
import type { ExecutionContext } from './environment.ts';

/** One execution of one statement: its context, and results that hold for the whole statement (uncorrelated subqueries, hash tables). */
export class Run {
  readonly context: ExecutionContext;
  // Made when first asked for: most statements are expressions over variables, which keep nothing.
  #results: Map<object, unknown> | undefined;

  constructor(context: ExecutionContext) {
    this.context = context;
  }

  /** Keyed by the part of the plan that computed the result. */
  get results(): Map<object, unknown> {
    this.#results ??= new Map();
    return this.#results;
  }
}

/**
 * The rows that one query looks at now: one entry per slot of its scope. A subquery runs in a frame of its own whose
 * `outer` is the frame of the query around it.
 */
export class Frame {
  rows: SqlRow[] = [];
  readonly run: Run;
  readonly outer: Frame | undefined;
  /** Results that hold for this execution of the query only; made on demand. */
  #results: Map<object, unknown> | undefined;

  constructor(run: Run, outer: Frame | undefined) {
    this.run = run;
    this.outer = outer;
  }

  get results(): Map<object, unknown> {
    this.#results ??= new Map();
    return this.#results;
  }
}

/** A scalar expression ready to run. */
export interface CompiledExpression {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly evaluate: (frame: Frame) => SqlValue;
  /** Present when the value is known at compile time. */
  readonly constant?: { readonly value: SqlValue };
  /** Of an undeclared parameter, whose type is that of an untyped NULL: told the type that its place wants. */
  readonly wants?: (type: SqlType) => void;
}

/** A search condition ready to run: true, false, or `null` for UNKNOWN. */
export type CompiledPredicate = (frame: Frame) => boolean | null;

/** The frame `depth` queries out. */
export function outerFrame(frame: Frame, depth: number): Frame {
  let result = frame;
  for (let step = 0; step < depth; step++) {
    if (result.outer === undefined) throw new Error('a plan refers to a query around it that is not running');
    result = result.outer;
  }
  return result;
}
