import type { Expression, Predicate } from './expressions.ts';
import type { Located, ObjectName, TypeReference } from './nodes.ts';
import type { SelectStatement } from './queries.ts';
import type { Statement } from './statements.ts';

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export type ReferentialAction = 'noAction' | 'cascade' | 'setNull' | 'setDefault';

/** A table or column constraint; `columns` is filled for column constraints too. */
export type ConstraintDefinition = Located & { readonly name?: string } & (
    | { readonly kind: 'primaryKey' | 'unique'; readonly columns: readonly IndexColumn[]; readonly clustered?: boolean }
    | {
        readonly kind: 'check';
        readonly condition: Predicate /** The condition's source text. */;
        readonly text: string;
      }
    | { readonly kind: 'default'; readonly column: string; readonly value: Expression; readonly text: string }
    | {
        readonly kind: 'foreignKey';
        readonly columns: readonly string[];
        readonly references: ObjectName;
        readonly referencedColumns: readonly string[];
        readonly onDelete: ReferentialAction;
        readonly onUpdate: ReferentialAction;
      }
  );

export interface ColumnDefinition extends Located {
  readonly name: string;
  /** Absent for a computed column. */
  readonly type?: TypeReference;
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly computed?: { readonly expression: Expression; readonly text: string; readonly persisted: boolean };
  readonly collation?: string;
  readonly rowGuid: boolean;
}

export interface InlineIndex extends Located {
  readonly name: string;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly where?: Predicate;
  /** The filter's source text. */
  readonly whereText?: string;
}

/** What stands between the parentheses of CREATE TABLE, DECLARE @t TABLE and CREATE TYPE ... AS TABLE. */
export interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly indexes: readonly InlineIndex[];
}

export interface CreateTableStatement extends Located {
  readonly kind: 'createTable';
  readonly name: ObjectName;
  readonly table: TableBody;
}

export interface AlterTableStatement extends Located {
  readonly kind: 'alterTable';
  readonly name: ObjectName;
  readonly change:
    | { readonly kind: 'add'; readonly table: TableBody; readonly withCheck: boolean }
    | { readonly kind: 'alterColumn'; readonly column: ColumnDefinition }
    | { readonly kind: 'dropColumns'; readonly names: readonly string[]; readonly ifExists: boolean }
    | { readonly kind: 'dropConstraints'; readonly names: readonly string[]; readonly ifExists: boolean }
    | {
        readonly kind: 'checkConstraints';
        readonly enabled: boolean /** Empty = ALL. */;
        readonly names: readonly string[];
      };
}

export interface CreateIndexStatement extends Located {
  readonly kind: 'createIndex';
  readonly index: InlineIndex;
  readonly table: ObjectName;
}

/** CREATE, ALTER and CREATE OR ALTER of modules. `text` is the module's whole definition for sys.sql_modules. */
export interface ModuleHead extends Located {
  readonly mode: 'create' | 'alter' | 'createOrAlter';
  readonly name: ObjectName;
  readonly text: string;
}

export interface ParameterDefinition extends Located {
  readonly name: string;
  readonly type: TypeReference;
  readonly value?: Expression;
  readonly output: boolean;
  readonly readOnly: boolean;
}

export type ExecuteAsClause =
  | { readonly kind: 'caller' | 'self' | 'owner' }
  | { readonly kind: 'user'; readonly name: string };

export interface CreateProcedureStatement extends ModuleHead {
  readonly kind: 'createProcedure';
  readonly parameters: readonly ParameterDefinition[];
  readonly executeAs?: ExecuteAsClause;
  readonly body: readonly Statement[];
}

export interface CreateFunctionStatement extends ModuleHead {
  readonly kind: 'createFunction';
  readonly parameters: readonly ParameterDefinition[];
  readonly executeAs?: ExecuteAsClause;
  readonly returns:
    | { readonly kind: 'scalar'; readonly type: TypeReference; readonly body: readonly Statement[] }
    | { readonly kind: 'inlineTable'; readonly query: SelectStatement }
    | {
        readonly kind: 'table';
        readonly variable: string;
        readonly table: TableBody;
        readonly body: readonly Statement[];
      };
}

export interface CreateViewStatement extends ModuleHead {
  readonly kind: 'createView';
  readonly columns?: readonly string[];
  readonly query: SelectStatement;
}

export interface CreateTriggerStatement extends ModuleHead {
  readonly kind: 'createTrigger';
  readonly table: ObjectName;
  readonly timing: 'after' | 'insteadOf';
  readonly events: readonly ('insert' | 'update' | 'delete')[];
  readonly body: readonly Statement[];
}

/** ENABLE TRIGGER and DISABLE TRIGGER, also as a form of ALTER TABLE. */
export interface TriggerStateStatement extends Located {
  readonly kind: 'triggerState';
  readonly enabled: boolean;
  /** Empty = ALL. */
  readonly names: readonly ObjectName[];
  readonly table: ObjectName;
}

export interface CreateTypeStatement extends Located {
  readonly kind: 'createType';
  readonly name: ObjectName;
  readonly definition:
    | { readonly kind: 'table'; readonly table: TableBody }
    | { readonly kind: 'alias'; readonly type: TypeReference; readonly nullable: boolean };
}

export interface SequenceStatement extends Located {
  readonly kind: 'sequence';
  readonly mode: 'create' | 'alter';
  readonly name: ObjectName;
  readonly type?: TypeReference;
  /** START WITH, or RESTART [WITH] for ALTER. */
  readonly start?: bigint | 'restart';
  readonly increment?: bigint;
  readonly minimum?: bigint | 'none';
  readonly maximum?: bigint | 'none';
  readonly cycle?: boolean;
  readonly cache?: number | 'none' | 'default';
}

export type DroppableKind =
  | 'TABLE'
  | 'VIEW'
  | 'PROCEDURE'
  | 'FUNCTION'
  | 'TRIGGER'
  | 'TYPE'
  | 'SEQUENCE'
  | 'SCHEMA'
  | 'DATABASE'
  | 'USER'
  | 'ROLE'
  | 'LOGIN'
  | 'SYNONYM'
  | 'MESSAGE TYPE'
  | 'CONTRACT'
  | 'QUEUE'
  | 'SERVICE'
  | 'ROUTE'
  | 'BROKER PRIORITY';

export interface DropStatement extends Located {
  readonly kind: 'drop';
  readonly object: DroppableKind;
  readonly names: readonly ObjectName[];
  readonly ifExists: boolean;
}

export interface DropIndexStatement extends Located {
  readonly kind: 'dropIndex';
  readonly indexes: readonly { readonly name: string; readonly table: ObjectName }[];
  readonly ifExists: boolean;
}

export interface CreateSchemaStatement extends Located {
  readonly kind: 'createSchema';
  readonly name: string;
  readonly owner?: string;
}

export interface CreateDatabaseStatement extends Located {
  readonly kind: 'createDatabase';
  readonly name: string;
  readonly collation?: string;
}

/** `ALTER DATABASE x SET option [value] [WITH termination]`. */
export interface AlterDatabaseStatement extends Located {
  readonly kind: 'alterDatabase';
  /** Absent = CURRENT. */
  readonly name?: string;
  /** Upper case, e.g. ENABLE_BROKER, READ_COMMITTED_SNAPSHOT. */
  readonly option: string;
  readonly value?: string;
  readonly termination?: 'rollbackImmediate' | 'noWait' | 'rollbackAfter';
  /** Of ROLLBACK AFTER n. */
  readonly seconds?: number;
}

export interface CreatePrincipalStatement extends Located {
  readonly kind: 'createPrincipal';
  readonly principal: 'user' | 'role' | 'login';
  readonly name: string;
  readonly password?: string;
  readonly forLogin?: string;
  readonly withoutLogin: boolean;
  readonly defaultSchema?: string;
  /** DEFAULT_DATABASE of a login. */
  readonly defaultDatabase?: string;
  readonly owner?: string;
}

export interface AlterPrincipalStatement extends Located {
  readonly kind: 'alterPrincipal';
  readonly principal: 'user' | 'role' | 'login' | 'serverRole';
  readonly name: string;
  readonly change:
    | { readonly kind: 'addMember' | 'dropMember'; readonly member: string }
    | { readonly kind: 'password'; readonly password: string }
    | { readonly kind: 'enable' | 'disable' }
    | { readonly kind: 'rename'; readonly newName: string }
    | { readonly kind: 'defaultSchema'; readonly schema: string };
}

export interface PermissionStatement extends Located {
  readonly kind: 'permission';
  readonly action: 'grant' | 'deny' | 'revoke';
  /** Upper case; `ALL` possible. */
  readonly permissions: readonly string[];
  /** Securable class, upper case: OBJECT (default), SERVICE, CONTRACT, MESSAGE TYPE, SCHEMA, TYPE, DATABASE, ... Absent name = database level. */
  readonly on?: { readonly class: string; readonly name: ObjectName; readonly columns: readonly string[] };
  readonly principals: readonly string[];
  readonly withGrantOption: boolean;
  readonly cascade: boolean;
}

/** `ALTER AUTHORIZATION ON class::name TO owner`. */
export interface AlterAuthorizationStatement extends Located {
  readonly kind: 'alterAuthorization';
  /** As in {@link PermissionStatement}. */
  readonly class: string;
  readonly name: ObjectName;
  /** Absent = SCHEMA OWNER. */
  readonly owner?: string;
}

export type SchemaStatement =
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
  | CreateSchemaStatement
  | CreateDatabaseStatement
  | AlterDatabaseStatement
  | CreatePrincipalStatement
  | AlterPrincipalStatement
  | PermissionStatement
  | AlterAuthorizationStatement;
