import type { Predicate } from '../../tsql/ast/expressions.ts';
import { refuseConflict } from '../types/collation-precedence.ts';
import { commonType } from '../types/compare.ts';
import { compileLike } from '../types/like.ts';
import { isCharacterType, nvarcharMaxType } from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import { compileExpression } from './expression.ts';
import type { CompiledExpression, CompiledPredicate } from './frame.ts';
import type { Scope } from './scope.ts';

/** `x LIKE pattern [ESCAPE c]`. A pattern known at compile time is compiled once, others once per distinct pattern in a row. */
export function compileLikePredicate(node: Extract<Predicate, { kind: 'like' }>, scope: Scope): CompiledPredicate {
  const text = asText(compileExpression(node.operand, scope));
  const pattern = asText(compileExpression(node.pattern, scope));
  const escapeText = node.escape === undefined ? undefined : asText(compileExpression(node.escape, scope));
  const common = commonType([text.type, pattern.type]);
  refuseConflict(common, 'like');
  const { collation } = common;
  let lastPattern: string | undefined;
  let lastEscape: string | undefined;
  let matches: (text: string) => boolean = () => false;
  return (frame) => {
    const value = text.evaluate(frame);
    const wanted = pattern.evaluate(frame);
    if (value === null || wanted === null) return null;
    const escaped = escapeText === undefined ? undefined : escapeText.evaluate(frame);
    if (escaped === null) return null;
    if (wanted !== lastPattern || escaped !== lastEscape) {
      matches = compileLike(wanted as string, escaped as string | undefined, collation);
      lastPattern = wanted as string;
      lastEscape = escaped as string | undefined;
    }
    return matches(value as string) !== node.negated;
  };
}

function asText(expression: CompiledExpression): CompiledExpression {
  return isCharacterType(expression.type) ? expression : convertTo(expression, nvarcharMaxType);
}
