import { parseBuiltInType } from '../../src/engine/types/format-type.ts';
import type { SqlType } from '../../src/engine/types/sql-type.ts';

/**
 * The built-in type of a notation such as `decimal(10,2)` or `nvarchar(max)`; lets tables of facts be written as they
 * are spoken of.
 *
 * @throws {RangeError} when it names no built-in type
 */
export function typeOfNotation(notation: string): SqlType {
  const match = /^([a-z_0-9 ]+?)(?:\((\w+)(?:,(\d+))?\))?$/i.exec(notation);
  const parameters = [match?.[2], match?.[3]].filter((text) => text !== undefined);
  const type = parseBuiltInType(
    match?.[1] ?? '',
    parameters.map((text) => (text.toLowerCase() === 'max' ? 'max' : Number(text))),
    { defaultLength: 30 },
  );
  if (type === undefined) throw new RangeError(`'${notation}' is not a built-in type`);
  return type;
}
