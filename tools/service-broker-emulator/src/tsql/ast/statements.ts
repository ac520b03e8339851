import type { AlterAuthorizationStatement } from './authorization.ts';
import type {
  BrokerPriorityStatement,
  ContractStatement,
  EventNotificationStatement,
  MessageTypeStatement,
  QueueStatement,
  RouteStatement,
  ServiceStatement,
} from './broker-objects.ts';
import type { BlockStatement, IfStatement, TryCatchStatement, WhileStatement } from './control-flow.ts';
import type {
  BeginDialogStatement,
  ConversationTimerStatement,
  EndConversationStatement,
  MoveConversationStatement,
  SendStatement,
} from './conversations.ts';
import type { CursorStatement, DeclareCursorStatement, FetchStatement } from './cursors.ts';
import type { DataStatement } from './data.ts';
import type { AlterDatabaseStatement, CreateDatabaseStatement } from './databases.ts';
import type { DbccStatement } from './dbcc.ts';
import type { DropStatement } from './drop.ts';
import type { ExecuteStatement } from './execute.ts';
import type { Expression } from './expressions.ts';
import type { CreateIndexStatement, DropIndexStatement } from './indexes.ts';
import type { InsertBulkStatement } from './insert-bulk.ts';
import type { KillStatement } from './kill.ts';
import type { MaintenanceStatement } from './maintenance.ts';
import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateTriggerStatement,
  CreateViewStatement,
} from './modules.ts';
import type { Located } from './nodes.ts';
import type { PermissionStatement } from './permissions.ts';
import type { AlterPrincipalStatement, CreatePrincipalStatement } from './principals.ts';
import type { SelectStatement } from './queries.ts';
import type { RaiserrorStatement, ThrowStatement } from './raise-error.ts';
import type { GetConversationGroupStatement, ReceiveStatement } from './receive.ts';
import type { CreateSchemaStatement, TransferStatement } from './schemas.ts';
import type { SetOptionStatement } from './set-options.ts';
import type { AlterTableStatement, CreateTableStatement } from './tables.ts';
import type { TransactionStatement } from './transactions.ts';
import type { TriggerStateStatement } from './triggers.ts';
import type { CreateTypeStatement, SequenceStatement } from './types-and-sequences.ts';
import type { DeclareStatement, DeclareTableStatement, SetVariableStatement } from './variables.ts';
import type { WaitForStatement } from './wait-for.ts';

/** One T-SQL statement. */
export type Statement =
  | SelectStatement
  | DataStatement
  | ProceduralStatement
  | SchemaStatement
  | BrokerStatement
  | InsertBulkStatement;

/** A parsed batch: what stands between two GO lines of a script. */
export interface Batch {
  readonly statements: readonly Statement[];
}

type BrokerStatement =
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

type SchemaStatement =
  | CreateTableStatement
  | AlterTableStatement
  | CreateIndexStatement
  | CreateProcedureStatement
  | CreateFunctionStatement
  | CreateViewStatement
  | CreateTriggerStatement
  | TriggerStateStatement
  | CreateTypeStatement
  | SequenceStatement
  | DropStatement
  | DropIndexStatement
  | MaintenanceStatement
  | CreateSchemaStatement
  | TransferStatement
  | CreateDatabaseStatement
  | AlterDatabaseStatement
  | CreatePrincipalStatement
  | AlterPrincipalStatement
  | PermissionStatement
  | AlterAuthorizationStatement;

export type ProceduralStatement =
  | DeclareStatement
  | DeclareTableStatement
  | SetVariableStatement
  | SetOptionStatement
  | IfStatement
  | WhileStatement
  | BlockStatement
  | TryCatchStatement
  | ExecuteStatement
  | RaiserrorStatement
  | ThrowStatement
  | WaitForStatement
  | TransactionStatement
  | DeclareCursorStatement
  | CursorStatement
  | FetchStatement
  | KillStatement
  | DbccStatement
  | (Located & { readonly kind: 'return'; readonly value?: Expression })
  | (Located & { readonly kind: 'break' | 'continue' })
  | (Located & { readonly kind: 'goto' | 'label'; readonly label: string })
  | (Located & { readonly kind: 'print'; readonly value: Expression })
  | (Located & { readonly kind: 'use'; readonly database: string })
  | (Located & {
      readonly kind: 'executeAs';
      readonly context: 'user' | 'login' | 'caller';
      readonly name?: Expression;
    })
  | (Located & { readonly kind: 'revert' });
