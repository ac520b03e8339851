import { compileConversion } from './convert.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlValue } from './sql-value.ts';
import { NVARCHAR_MAX } from './type-info.ts';

/** A value as PRINT, RAISERROR and error messages show it; '' for NULL. */
export function formatValue(value: SqlValue, type: SqlType): string {
  return (compileConversion(type, NVARCHAR_MAX, { explicit: true })(value) as string | null) ?? '';
}
