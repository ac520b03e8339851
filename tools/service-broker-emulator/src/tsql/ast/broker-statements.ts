import type { Expression } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';
import type { SelectItem } from './queries.ts';
import type { ExecuteAsClause } from './schema-statements.ts';

export interface MessageTypeStatement extends Located {
  readonly kind: 'messageType';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly owner?: string;
  readonly validation?:
    | { readonly kind: 'NONE' | 'EMPTY' | 'WELL_FORMED_XML' }
    | { readonly kind: 'VALID_XML'; readonly collection: ObjectName };
}

export interface ContractStatement extends Located {
  readonly kind: 'contract';
  readonly name: string;
  readonly owner?: string;
  readonly messages: readonly (Located & {
    readonly messageType: string;
    readonly sentBy: 'INITIATOR' | 'TARGET' | 'ANY';
  })[];
}

export interface QueueActivation {
  readonly status?: boolean;
  readonly procedure?: ObjectName;
  readonly maxReaders?: number;
  readonly executeAs?: ExecuteAsClause;
}

export interface QueueStatement extends Located {
  readonly kind: 'queue';
  readonly mode: 'create' | 'alter';
  readonly name: ObjectName;
  readonly status?: boolean;
  readonly retention?: boolean;
  readonly activation?: QueueActivation | 'drop';
  readonly poisonMessageHandling?: boolean;
  /** ALTER QUEUE q REBUILD / REORGANIZE / MOVE TO. */
  readonly maintenance?: 'REBUILD' | 'REORGANIZE' | 'MOVE';
}

export interface ServiceStatement extends Located {
  readonly kind: 'service';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly owner?: string;
  readonly queue?: ObjectName;
  readonly addContracts: readonly string[];
  readonly dropContracts: readonly string[];
}

export interface RouteStatement extends Located {
  readonly kind: 'route';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly serviceName?: string;
  readonly brokerInstance?: string;
  readonly lifetime?: number;
  readonly address?: string;
}

export interface BrokerPriorityStatement extends Located {
  readonly kind: 'brokerPriority';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly contractName?: string;
  readonly localServiceName?: string;
  readonly remoteServiceName?: string;
  readonly level?: number;
}

export interface EventNotificationStatement extends Located {
  readonly kind: 'eventNotification';
  readonly mode: 'create' | 'drop';
  readonly name: string;
  readonly queue?: ObjectName;
  readonly events: readonly string[];
  readonly service?: string;
  readonly brokerInstance?: string;
}

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

export type BrokerStatement =
  | MessageTypeStatement
  | ContractStatement
  | QueueStatement
  | ServiceStatement
  | RouteStatement
  | BrokerPriorityStatement
  | EventNotificationStatement
  | BeginDialogStatement
  | SendStatement
  | ReceiveStatement
  | GetConversationGroupStatement
  | MoveConversationStatement
  | EndConversationStatement
  | ConversationTimerStatement;
