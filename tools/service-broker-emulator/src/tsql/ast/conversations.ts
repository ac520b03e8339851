import type { Expression } from './expressions.ts';
import type { Located } from './nodes.ts';

export interface BeginDialogStatement extends Located {
  readonly kind: 'beginDialog';
  readonly handle: string;
  /** A name, or a variable that holds it. */
  readonly fromService: string | Expression;
  readonly toService: Expression;
  readonly brokerInstance?: Expression;
  /** A name, or a variable that holds it. */
  readonly contract?: string | Expression;
  readonly relatedConversation?: Expression;
  readonly relatedConversationGroup?: Expression;
  readonly lifetime?: Expression;
  readonly encryption?: boolean;
}

export interface SendStatement extends Located {
  readonly kind: 'send';
  readonly handles: readonly Expression[];
  /** A name, or an expression given as variable. */
  readonly messageType?: string | Expression;
  readonly body?: Expression;
}

export interface MoveConversationStatement extends Located {
  readonly kind: 'moveConversation';
  readonly handle: Expression;
  readonly group: Expression;
}

export interface EndConversationStatement extends Located {
  readonly kind: 'endConversation';
  readonly handle: Expression;
  readonly error?: { readonly code: Expression; readonly description: Expression };
  readonly cleanup: boolean;
}

export interface ConversationTimerStatement extends Located {
  readonly kind: 'conversationTimer';
  readonly handle: Expression;
  readonly timeout: Expression;
}
