import type { SqlValue } from '../types/sql-value.ts';
import { numericType } from '../types/type-info.ts';

/** The type of SCOPE_IDENTITY() and its kin. */
export const identityType = numericType(38, 0);

export const identity = (value: bigint | null): SqlValue => (value === null ? null : { unscaled: value, scale: 0 });
