import type { Expression } from './expressions.ts';
import type { Located } from './nodes.ts';
import type { SelectStatement } from './queries.ts';

export interface DeclareCursorStatement extends Located {
  readonly kind: 'declareCursor';
  /** A name, or `@variable` when set by `SET @c = CURSOR ...`. */
  readonly name: string;
  /** Upper case: LOCAL, GLOBAL, FORWARD_ONLY, SCROLL, STATIC, KEYSET, DYNAMIC, FAST_FORWARD, READ_ONLY, ... */
  readonly options: readonly string[];
  readonly query: SelectStatement;
}

export interface CursorStatement extends Located {
  readonly kind: 'cursor';
  readonly action: 'open' | 'close' | 'deallocate';
  readonly name: string;
}

export interface FetchStatement extends Located {
  readonly kind: 'fetch';
  readonly direction: 'next' | 'prior' | 'first' | 'last' | 'absolute' | 'relative';
  readonly offset?: Expression;
  readonly name: string;
  readonly into: readonly string[];
}
