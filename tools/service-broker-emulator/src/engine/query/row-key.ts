import { compileKey } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow } from '../types/sql-value.ts';

/** A key that two rows share exactly when all their values are equal; NULLs count as equal, as in DISTINCT and GROUP BY. */
export function compileRowKey(types: readonly SqlType[]): (row: SqlRow) => string | number | bigint | null {
  const keys = types.map((type) => compileKey(type));
  const [only] = keys;
  if (only !== undefined && keys.length === 1) {
    return (row) => {
      const value = row[0] ?? null;
      return value === null ? null : only(value);
    };
  }
  return (row) => {
    let text = '';
    for (let index = 0; index < keys.length; index++) {
      const value = row[index] ?? null;
      if (value === null) {
        text += '-';
        continue;
      }
      const part = String(keys[index]?.(value));
      text += `${part.length}:${part}`;
    }
    return text;
  };
}
