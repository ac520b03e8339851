import type { Expression } from './expressions.ts';
import type { Located, ObjectName } from './nodes.ts';

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
