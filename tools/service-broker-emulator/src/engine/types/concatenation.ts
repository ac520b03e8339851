import { commonCollation } from './collation-precedence.ts';
import { compileConversion } from './convert.ts';
import { incompatibleOperands } from './errors.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlValue } from './sql-value.ts';
import { isBinaryType, isUnicodeType, lengthOf } from './type-info.ts';
import { unitsPerCharacter } from './varchar-bytes.ts';

/**
 * Type of two texts or two binary values joined. Unless one of them is a large-value type the result is cut at 8000
 * bytes.
 *
 * @throws {SqlError} 402 for text, ntext, image and rowversion
 */
function concatenationType(left: SqlType, right: SqlType): SqlType {
  for (const type of [left, right]) {
    if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') {
      throw incompatibleOperands(left, right, 'add');
    }
  }
  const length = lengthOf(left) + lengthOf(right);
  if (isBinaryType(left)) {
    return { name: 'varbinary', length: length === Infinity ? 'max' : Math.min(length, 8000) };
  }
  const unicode = isUnicodeType(left) || isUnicodeType(right);
  const limit = unicode ? 4000 : 8000;
  const type: SqlType = {
    name: unicode ? 'nvarchar' : 'varchar',
    length: length === Infinity ? 'max' : Math.min(length, limit),
  };
  return { ...type, ...commonCollation(left, right) };
}

/** Compiles `left + right` for texts or binary values. */
export function compileConcatenation(
  left: SqlType,
  right: SqlType,
): { readonly type: SqlType; readonly evaluate: (left: SqlValue, right: SqlValue) => SqlValue } {
  const type = concatenationType(left, right);
  const limit = lengthOf(type);
  if (isBinaryType(type)) {
    return {
      type,
      evaluate: (l, r) => {
        if (l === null || r === null) return null;
        const joined = Buffer.concat([l as Uint8Array, r as Uint8Array]);
        return joined.length > limit ? joined.subarray(0, limit) : joined;
      },
    };
  }
  // The widening to Unicode leaves a string as it is; a code page other than its own does not.
  const whole: SqlType = { ...type, length: 'max' };
  const cut = compileConversion({ name: 'nvarchar', length: 'max' }, type);
  const leftText = compileConversion(left, whole);
  const rightText = compileConversion(right, whole);
  const most = unitsPerCharacter(type);
  return {
    type,
    evaluate: (l, r) => {
      if (l === null || r === null) return null;
      const joined = (leftText(l) as string) + (rightText(r) as string);
      return joined.length * most > limit ? cut(joined) : joined;
    },
  };
}
