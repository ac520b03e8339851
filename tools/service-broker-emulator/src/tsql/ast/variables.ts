import type { Expression } from './expressions.ts';
import type { Located, TypeReference } from './nodes.ts';
import type { AssignmentOperator } from './queries.ts';
import type { TableBody } from './tables.ts';

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
