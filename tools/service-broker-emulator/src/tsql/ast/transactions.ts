import type { Expression } from './expressions.ts';
import type { Located } from './nodes.ts';

export interface TransactionStatement extends Located {
  readonly kind: 'transaction';
  readonly action: 'begin' | 'commit' | 'rollback' | 'save';
  /** A literal name or a variable. */
  readonly name?: string | Expression;
}
