import type { Expression } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';
import type { SelectItem } from './queries.ts';

export interface ReceiveStatement extends Located {
  readonly kind: 'receive';
  readonly top?: Expression;
  readonly items: readonly SelectItem[];
  readonly queue: ObjectName;
  /** Table variable with its `@`. */
  readonly into?: string;
  readonly where?: { readonly column: 'conversation_handle' | 'conversation_group_id'; readonly value: Expression };
}

export interface GetConversationGroupStatement extends Located {
  readonly kind: 'getConversationGroup';
  readonly variable: string;
  readonly queue: ObjectName;
}
