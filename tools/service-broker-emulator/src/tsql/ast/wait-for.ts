import type { Expression } from './expressions.ts';
import type { Located } from './nodes.ts';
import type { GetConversationGroupStatement, ReceiveStatement } from './receive.ts';

export interface WaitForStatement extends Located {
  readonly kind: 'waitFor';
  readonly wait:
    | { readonly kind: 'delay' | 'time'; readonly value: Expression }
    | {
        readonly kind: 'statement';
        readonly statement: ReceiveStatement | GetConversationGroupStatement;
        readonly timeout?: Expression;
      };
}
