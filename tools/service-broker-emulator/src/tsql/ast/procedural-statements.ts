import type { GetConversationGroupStatement, ReceiveStatement } from './broker-statements.ts';
import type { Expression, Predicate } from './expressions.ts';
import type { Located, ObjectName, TypeReference } from './nodes.ts';
import type { AssignmentOperator, SelectStatement } from './queries.ts';
import type { TableBody } from './schema-statements.ts';
import type { Statement } from './statements.ts';

export interface DeclareStatement extends Located {
  readonly kind: 'declare';
  readonly variables: readonly (Located & {
    readonly name: string;
    readonly type: TypeReference;
    readonly value?: Expression;
  })[];
}

export interface DeclareTableStatement extends Located {
  readonly kind: 'declareTable';
  readonly name: string;
  readonly table: TableBody;
}

export interface SetVariableStatement extends Located {
  readonly kind: 'setVariable';
  readonly variable: string;
  readonly operator: AssignmentOperator;
  readonly value: Expression;
}

/** `SET NOCOUNT ON`, `SET TRANSACTION ISOLATION LEVEL ...`, `SET LOCK_TIMEOUT 500`, `SET IDENTITY_INSERT t ON`. */
export interface SetOptionStatement extends Located {
  readonly kind: 'setOption';
  /** Upper case; one entry each for `SET ANSI_NULLS, QUOTED_IDENTIFIER ON`. `TRANSACTION ISOLATION LEVEL` is one name. */
  readonly options: readonly string[];
  /** `ON`, `OFF`, `READ COMMITTED`, a number's text, a word. */
  readonly value: string | Expression;
  readonly table?: ObjectName;
}

export interface IfStatement extends Located {
  readonly kind: 'if';
  readonly condition: Predicate;
  readonly then: Statement;
  readonly otherwise?: Statement;
}

export interface WhileStatement extends Located {
  readonly kind: 'while';
  readonly condition: Predicate;
  readonly body: Statement;
}

interface BlockStatement extends Located {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

export interface TryCatchStatement extends Located {
  readonly kind: 'tryCatch';
  readonly body: readonly Statement[];
  readonly handler: readonly Statement[];
}

export interface ExecuteArgument extends Located {
  /** Absent = positional. */
  readonly name?: string;
  readonly value: Expression;
  readonly output: boolean;
}

export interface ExecuteStatement extends Located {
  readonly kind: 'execute';
  /** `EXEC @rc = p`. */
  readonly returnVariable?: string;
  readonly target:
    | { readonly kind: 'procedure'; readonly name: ObjectName; readonly arguments: readonly ExecuteArgument[] }
    | { readonly kind: 'procedureVariable'; readonly variable: string; readonly arguments: readonly ExecuteArgument[] }
    | { readonly kind: 'string'; readonly text: Expression };
  /** EXEC (...) AS USER = 'x' / AS LOGIN = 'x'. */
  readonly executeAs?: { readonly kind: 'user' | 'login'; readonly name: string };
}

export interface RaiserrorStatement extends Located {
  readonly kind: 'raiserror';
  readonly message: Expression;
  readonly severity: Expression;
  readonly state: Expression;
  readonly arguments: readonly Expression[];
  /** Upper case: NOWAIT, LOG, SETERROR. */
  readonly options: readonly string[];
}

export interface ThrowStatement extends Located {
  readonly kind: 'throw';
  /** Absent = re-throw inside CATCH. */
  readonly error?: { readonly number: Expression; readonly message: Expression; readonly state: Expression };
}

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

export interface TransactionStatement extends Located {
  readonly kind: 'transaction';
  readonly action: 'begin' | 'commit' | 'rollback' | 'save';
  /** A literal name or a variable. */
  readonly name?: string | Expression;
}

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

export interface KillStatement extends Located {
  readonly kind: 'kill';
  readonly session: number;
  readonly statusOnly: boolean;
}

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
