import { compileConversion } from '../../src/engine/types/convert.ts';
import type { SqlType } from '../../src/engine/types/sql-type.ts';
import type { SqlValue } from '../../src/engine/types/sql-value.ts';
import { nvarcharMaxType } from '../../src/engine/types/type-info.ts';

/** A value as PRINT, RAISERROR and error messages show it; '' for NULL. */
export function formatValue(value: SqlValue, type: SqlType): string {
  return (compileConversion(type, nvarcharMaxType, { explicit: true })(value) as string | null) ?? '';
}
