import type { SqlError } from '../../errors.ts';
import { codePageOf } from './collation-code-page.ts';
import type { Converter } from './converter.ts';
import type { DateSettings } from './date-settings.ts';
import { formatDateTime } from './datetime-format.ts';
import { formatDecimal } from './decimal.ts';
import { arithmeticOverflow, insufficientSpace, invalidStyle } from './errors.ts';
import { baseTypeName } from './format-type.ts';
import { formatFloat, formatMoney } from './number-text.ts';
import type { SqlType } from './sql-type.ts';
import type { SqlDecimal } from './sql-value.ts';
import { isUnicodeType, lengthOf, nvarcharMaxType, typeFamily } from './type-info.ts';
import { cutToType, decodeUtf16, decodeVarchar, padToType, unitsPerCharacter } from './varchar-bytes.ts';

/** Conversions into the character types. Text that is too long is cut; a number that is too long is an error or `*`. */
export function toText(from: SqlType, to: SqlType, style: number | undefined, { language }: DateSettings): Converter {
  const length = lengthOf(to);
  const finish = finisher(to, length);
  const number = (format: (value: never) => string, tooLong: () => SqlError | '*'): Converter => {
    return (value) => {
      const text = format(value as never);
      if (text.length <= length) return finish(text);
      const outcome = tooLong();
      if (outcome === '*') return finish('*');
      throw outcome;
    };
  };
  switch (typeFamily(from)) {
    case 'character':
      return fromText(from, to);
    case 'xml':
      return fromText(nvarcharMaxType, to);
    case 'integer': {
      const starred = !isUnicodeType(to) && from.name !== 'bigint';
      return number(
        (value: number | bigint) => value.toString(),
        () => (starred ? '*' : arithmeticOverflow('expression', to)),
      );
    }
    case 'decimal':
      return number(
        (value: SqlDecimal) => formatDecimal(value.unscaled, value.scale),
        () => arithmeticOverflow('numeric', to),
      );
    case 'money':
      return number(
        (value: bigint) => formatMoney(value, style),
        () => insufficientSpace(234, `a money value to ${to.name}`),
      );
    case 'float':
      return number(
        (value: number) => formatFloat(value, style),
        () => arithmeticOverflow('expression', to),
      );
    case 'uniqueidentifier':
      return number(
        (value: string) => value,
        () => insufficientSpace(8170, 'uniqueidentifier value to char'),
      );
    case 'datetime':
      return (value) => finish(formatDateTime(value, from, style, language));
    case 'binary':
      return fromBytes(from, to, style, finish);
    default:
      throw new Error(`no conversion from ${from.name} to ${to.name}`);
  }
}

/** Cuts to the type's length and pads the fixed-length types. */
function finisher(to: SqlType, length: number): (text: string) => string {
  if (length === Infinity) return (text) => text;
  const fixed = to.name === 'char' || to.name === 'nchar';
  if (unitsPerCharacter(to) > 1) {
    return fixed ? (text) => padToType(cutToType(text, to), to) : (text) => cutToType(text, to);
  }
  if (fixed) return (text) => (text.length > length ? text.slice(0, length) : text.padEnd(length, ' '));
  return (text) => (text.length > length ? text.slice(0, length) : text);
}

function fromText(from: SqlType, to: SqlType): Converter {
  const length = lengthOf(to);
  const finish = finisher(to, length);
  if (!isUnicodeType(to)) {
    const page = codePageOf(to.collation);
    const samePage = !isUnicodeType(from) && codePageOf(from.collation) === page;
    if (!samePage) return (value) => finish(page.fit(value as string));
  }
  const fixed = to.name === 'char' || to.name === 'nchar';
  const mayBeLonger = lengthOf(from) * (isUnicodeType(to) ? 1 : unitsPerCharacter(to)) > length;
  if (!mayBeLonger && !(fixed && !(from.name === to.name && from.length === to.length))) return (value) => value;
  return (value) => finish(value as string);
}

function fromBytes(from: SqlType, to: SqlType, style: number | undefined, finish: (text: string) => string): Converter {
  if (style === 1 || style === 2) {
    const prefix = style === 1 ? '0x' : '';
    return (value) => {
      const bytes = value as Uint8Array;
      return finish(
        prefix + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase(),
      );
    };
  }
  if (style !== undefined && style !== 0) {
    throw invalidStyle(style, baseTypeName(from));
  }
  if (isUnicodeType(to)) return (value) => finish(decodeUtf16(value as Uint8Array));
  return (value) => finish(decodeVarchar(value as Uint8Array, to.collation));
}
