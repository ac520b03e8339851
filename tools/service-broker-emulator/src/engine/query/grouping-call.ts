import type { FunctionCall } from '../../tsql/ast/expressions.ts';
import { intType } from '../types/type-info.ts';
import { argumentNotGrouped, wrongArgumentCount, wrongArgumentRange } from './errors/expression-errors.ts';
import { readColumn } from './expression.ts';
import type { CompiledExpression } from './frame.ts';
import type { Scope } from './scope.ts';

/** Most arguments of GROUPING_ID: as many bits as an int has. */
const maximumArguments = 32;

/**
 * GROUPING and GROUPING_ID: which of the expressions the grouping of the row leaves out, the last one in the lowest bit.
 *
 * @throws {SqlError} 174, 189, 8161 for an argument that isn’t an expression of GROUP BY
 */
export function compileGroupingCall(
  name: 'GROUPING' | 'GROUPING_ID',
  call: FunctionCall,
  scope: Scope,
): CompiledExpression {
  const count = call.arguments.length;
  if (name === 'GROUPING' && count !== 1) throw wrongArgumentCount('grouping', 1, call.line);
  if (count < 1 || count > maximumArguments) throw wrongArgumentRange('grouping_id', 1, maximumArguments, call.line);
  const { grouping } = scope;
  const reads = call.arguments.map((argument, index) => {
    const ordinal = grouping?.ordinalOf(argument, scope);
    if (grouping === undefined || ordinal === undefined) throw argumentNotGrouped(index + 1, name, call.line);
    return readColumn(0, grouping.leftOutSlot, ordinal);
  });
  return {
    type: name === 'GROUPING' ? { name: 'tinyint' } : intType,
    nullable: false,
    evaluate: (frame) => reads.reduce((bits, read) => (bits << 1) | Number(read.evaluate(frame)), 0),
  };
}
