import type { Predicate } from './expressions.ts';
import type { Located } from './nodes.ts';
import type { Statement } from './statements.ts';

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

export interface BlockStatement extends Located {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

export interface TryCatchStatement extends Located {
  readonly kind: 'tryCatch';
  readonly body: readonly Statement[];
  readonly handler: readonly Statement[];
}
