import { parseDecimal } from '../types/decimal.ts';
import { parseFloatText, parseMoney } from '../types/number-text.ts';
import { INT, isCharacterType, isNumericType } from '../types/type-info.ts';
import { defineFunction } from './define-function.ts';
import type { ScalarFunction } from './scalar-function.ts';

export const typeFunctions: readonly ScalarFunction[] = [
  defineFunction('ISNUMERIC', {
    arguments: 1,
    type: INT,
    evaluate: (args, types) => {
      const [value = null] = args;
      const type = types[0] ?? INT;
      if (value === null) return 0;
      if (!isCharacterType(type)) return isNumericType(type) ? 1 : 0;
      const text = value as string;
      if (text.trim() === '') return 0;
      // What converts to any numeric type, money with its signs and commas included, and a lone sign besides.
      const numeric =
        parseDecimal(text) !== undefined ||
        Number.isFinite(parseFloatText(text) ?? Number.NaN) ||
        parseMoney(text) !== undefined ||
        /^\s*[+\-.,]\s*$/.test(text);
      return numeric ? 1 : 0;
    },
  }),
];
