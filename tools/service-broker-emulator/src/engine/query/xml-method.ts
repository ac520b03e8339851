import type { Expression } from '../../tsql/ast/expressions.ts';
import { unsupported } from '../../unsupported.ts';
import type { CompiledExpression } from './frame.ts';
import type { Scope } from './scope.ts';

export function compileXmlMethod(node: Extract<Expression, { kind: 'method' }>, _scope: Scope): CompiledExpression {
  throw unsupported(`the xml method ${node.method}()`, node.line);
}
