import { SqlError } from '../../errors.ts';
import { collationOf } from '../types/collation.ts';
import { collationBytes } from '../types/collation-bytes.ts';
import { codePageNumber } from '../types/collation-code-page.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { sqlVariantType } from '../types/type-info.ts';
import { textArgument } from './arguments.ts';
import { defineFunction } from './define-function.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { variantOf } from './variant-of.ts';

/** ComparisonStyle: what is ignored, as Windows' flags; 0 for binary collations. */
function comparisonStyle(name: string): number {
  const parts = new Set(name.toUpperCase().split('_'));
  if (parts.has('BIN') || parts.has('BIN2')) return 0;
  const ignored: readonly (readonly [boolean, number])[] = [
    [!parts.has('CS'), 0x1],
    [parts.has('AI'), 0x2],
    [!parts.has('KS'), 0x1_0000],
    [!parts.has('WS'), 0x2_0000],
  ];
  return ignored.reduce((sum, [is, flag]) => (is ? sum + flag : sum), 0);
}

function isCollation(name: string): boolean {
  try {
    collationOf(name);
    return true;
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

/** Source: Microsoft's documentation of COLLATIONPROPERTY. Null for an unknown collation or property. */
function collationProperty(name: string, property: string): SqlValue {
  if (!isCollation(name)) return null;
  const bytes = collationBytes(name);
  switch (property.toLowerCase()) {
    case 'codepage':
      return codePageNumber(name);
    case 'lcid':
      return bytes.readUInt32LE(0) & 0xf_ffff;
    case 'comparisonstyle':
      return comparisonStyle(name);
    case 'version':
      return bytes.readUInt32LE(0) >>> 28;
    default:
      return null;
  }
}

/** Microsoft's chapter "Collation functions". */
export const collationFunctions: readonly ScalarFunction[] = [
  defineFunction('COLLATIONPROPERTY', {
    arguments: 2,
    type: sqlVariantType,
    evaluate: (args, types) => {
      const name = textArgument(args[0], types[0]);
      const property = textArgument(args[1], types[1]);
      return name === null || property === null ? null : variantOf(collationProperty(name, property));
    },
  }),
];
