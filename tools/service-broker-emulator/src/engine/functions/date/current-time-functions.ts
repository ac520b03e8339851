import { roundToType, TICKS_PER_MINUTE } from '../../types/datetime.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { DATETIME, DATETIME2, DATETIMEOFFSET } from '../../types/type-info.ts';
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

const local = (now: FunctionContext['now']): bigint => now.utcTicks + BigInt(now.offsetMinutes) * TICKS_PER_MINUTE;

/** The clock; all calls in one statement see the same moment. */
export const currentTimeFunctions: readonly ScalarFunction[] = [
  clock('GETDATE', DATETIME, (now) => roundToType(local(now), DATETIME) ?? null),
  clock('CURRENT_TIMESTAMP', DATETIME, (now) => roundToType(local(now), DATETIME) ?? null),
  clock('GETUTCDATE', DATETIME, (now) => roundToType(now.utcTicks, DATETIME) ?? null),
  clock('SYSDATETIME', DATETIME2, local),
  clock('SYSUTCDATETIME', DATETIME2, (now) => now.utcTicks),
  clock('SYSDATETIMEOFFSET', DATETIMEOFFSET, (now) => ({ utcTicks: now.utcTicks, offsetMinutes: now.offsetMinutes })),
];
