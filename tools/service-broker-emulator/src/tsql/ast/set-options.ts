import type { Expression } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';

/** `SET NOCOUNT ON`, `SET TRANSACTION ISOLATION LEVEL ...`, `SET LOCK_TIMEOUT 500`, `SET IDENTITY_INSERT t ON`. */
export interface SetOptionStatement extends Located {
  readonly kind: 'setOption';
  /** Upper case; one entry each for `SET ANSI_NULLS, QUOTED_IDENTIFIER ON`. `TRANSACTION ISOLATION LEVEL` is one name. */
  readonly options: readonly string[];
  /** `ON`, `OFF`, `READ COMMITTED`, a number's text, a word. */
  readonly value: string | Expression;
  readonly table?: ObjectName;
}
