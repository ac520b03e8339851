import type { ResultColumn } from '../session-contract.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlRow, SqlValue } from '../types/sql-value.ts';

/** The default of clients, and what -1 means: nothing is cut. */
const unlimited = 2_147_483_647;

/** Bytes that SET TEXTSIZE 0 stands for. Source: Microsoft's documentation of SET TEXTSIZE. */
const bytesOfZero = 4096;

/** How many units of a value of the type are sent: characters, or bytes; undefined = all. */
function unitsOf(type: SqlType, bytes: number): number | undefined {
  const isLong = type.length === 'max' || type.name === 'text' || type.name === 'ntext' || type.name === 'image';
  if (!isLong) return undefined;
  return type.name === 'nvarchar' || type.name === 'ntext' ? Math.floor(bytes / 2) : bytes;
}

function cut(value: SqlValue, units: number | undefined): SqlValue {
  if (units === undefined) return value;
  return typeof value === 'string' || value instanceof Uint8Array ? value.slice(0, units) : value;
}

/**
 * SET TEXTSIZE: cuts what SELECT sends of (max) and text types; undefined when nothing is to be cut.
 *
 * @param textSize bytes; 0 and -1 as SQL Server has them
 */
export function textCutter(columns: readonly ResultColumn[], textSize: number): ((row: SqlRow) => SqlRow) | undefined {
  if (textSize < 0 || textSize === unlimited) return undefined;
  const units = columns.map(({ type }) => unitsOf(type, textSize === 0 ? bytesOfZero : textSize));
  if (units.every((limit) => limit === undefined)) return undefined;
  return (row) => row.map((value, index) => cut(value, units[index]));
}
