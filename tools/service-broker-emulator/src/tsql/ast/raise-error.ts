import type { Expression } from './expressions.ts';
import type { Located } from './nodes.ts';

export interface RaiserrorStatement extends Located {
  readonly kind: 'raiserror';
  readonly message: Expression;
  readonly severity: Expression;
  readonly state: Expression;
  readonly arguments: readonly Expression[];
  /** Upper case: NOWAIT, LOG, SETERROR. */
  readonly options: readonly string[];
}

export interface ThrowStatement extends Located {
  readonly kind: 'throw';
  /** Absent = re-throw inside CATCH. */
  readonly error?: { readonly number: Expression; readonly message: Expression; readonly state: Expression };
}
