import { commonType, compileCompare } from '../types/compare.ts';
import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { sameType } from '../types/type-info.ts';
import { intArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import type { ScalarFunction } from './scalar-function.ts';

/** GREATEST and LEAST: in the common type of all arguments; NULL does not take part. */
function extreme(name: string, sign: 1 | -1): ScalarFunction {
  return defineFunction(name, {
    arguments: [1, 254],
    type: (types) => commonType(types),
    evaluate: (args, types) => {
      const type: SqlType = commonType(types);
      const compare = compileCompare(type);
      let best: SqlValue = null;
      for (const [index, given] of args.entries()) {
        if (given === null) continue;
        const value = compileConversion(types[index] ?? type, type)(given);
        if (value !== null && (best === null || sign * compare(value, best) > 0)) best = value;
      }
      return best;
    },
  });
}

function chooseType(types: readonly SqlType[]): SqlType {
  return commonType(types.slice(1));
}

/** Microsoft's chapter "Logical functions". */
export const logicalFunctions: readonly ScalarFunction[] = [
  extreme('GREATEST', 1),
  extreme('LEAST', -1),
  defineFunction('CHOOSE', {
    arguments: [2, Infinity],
    type: chooseType,
    evaluate: (args, types) => {
      const index = intArgument(args[0], types[0]);
      if (index === null || index < 1 || index >= args.length) return null;
      const from = types[index];
      return from === undefined || sameType(from, chooseType(types))
        ? (args[index] ?? null)
        : compileConversion(from, chooseType(types))(args[index] ?? null);
    },
  }),
];
