import type { DateSettings } from './date-settings.ts';
import type { SqlValue } from './sql-value.ts';

/** Converts a value that is not null. */
export type Converter = (value: Exclude<SqlValue, null>) => SqlValue;

export interface ConversionOptions {
  /** Third argument of CONVERT. */
  readonly style?: number;
  /** True for CAST, CONVERT and the like; otherwise only implicit conversions are allowed. @default false */
  readonly explicit?: boolean;
  /** SET DATEFORMAT and SET LANGUAGE. @default what {@link currentDateSettings} says */
  readonly dates?: DateSettings;
}
