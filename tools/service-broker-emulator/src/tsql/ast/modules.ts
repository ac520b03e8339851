import type { Expression } from './expressions.ts';
import type { Located, ObjectName, TypeReference } from './nodes.ts';
import type { SelectStatement } from './queries.ts';
import type { Statement } from './statements.ts';
import type { TableBody } from './tables.ts';

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
