import type { ExecuteAsClause } from './modules.ts';
import type { Located, ObjectName } from './nodes.ts';

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
