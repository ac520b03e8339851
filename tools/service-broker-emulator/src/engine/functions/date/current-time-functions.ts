import { roundToType, ticksPerMinute } from '../../types/datetime.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { datetime2Type, datetimeoffsetType, datetimeType } from '../../types/type-info.ts';
import { defineFunction } from '../define-function.ts';
import type { FunctionContext } from '../function-context.ts';
import type { ScalarFunction } from '../scalar-function.ts';

function clock(name: string, type: SqlType, read: (now: FunctionContext['now']) => SqlValue): ScalarFunction {
  return defineFunction(name, {
    arguments: 0,
    deterministic: false,
    type,
    evaluate: (_args, _types, context) => read(context.now),
  });
}

const local = (now: FunctionContext['now']): bigint => now.utcTicks + BigInt(now.offsetMinutes) * ticksPerMinute;

/** The clock; all calls in one statement see the same moment. */
export const currentTimeFunctions: readonly ScalarFunction[] = [
  clock('GETDATE', datetimeType, (now) => roundToType(local(now), datetimeType) ?? null),
  clock('CURRENT_TIMESTAMP', datetimeType, (now) => roundToType(local(now), datetimeType) ?? null),
  clock('GETUTCDATE', datetimeType, (now) => roundToType(now.utcTicks, datetimeType) ?? null),
  clock('SYSDATETIME', datetime2Type, local),
  clock('SYSUTCDATETIME', datetime2Type, (now) => now.utcTicks),
  clock('SYSDATETIMEOFFSET', datetimeoffsetType, (now) => ({
    utcTicks: now.utcTicks,
    offsetMinutes: now.offsetMinutes,
  })),
];
