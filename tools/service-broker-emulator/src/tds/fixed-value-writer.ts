import type { SqlType } from '../engine/types/sql-type.ts';
import type { SqlDateTimeOffset, SqlDecimal, SqlValue } from '../engine/types/sql-value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { dayOf, ticksPerUnit, timeOf, toDatetimeParts, toSmalldatetimeParts } from './temporal.ts';
import { decimalLength, timeLength } from './type-tokens.ts';
import { writeUniqueidentifier } from './uniqueidentifier.ts';

/** A value in another form than its type prescribes: a defect of the engine, never of a client. */
export class ValueFormError extends TypeError {
  readonly code = 'VALUE_FORM';
  readonly retryable = false;
  override get name(): string {
    return this.constructor.name;
  }

  constructor(type: SqlType, value: SqlValue) {
    super(
      `A value of type ${type.name} has the form ${value === null ? 'null' : typeof value}, which is not its form.`,
    );
  }
}

/** Bytes of a non-NULL value of a type whose values all have the same length. */
export function bodyLength(type: SqlType): number {
  switch (type.name) {
    case 'tinyint':
    case 'bit':
      return 1;
    case 'smallint':
      return 2;
    case 'int':
    case 'real':
    case 'smallmoney':
    case 'smalldatetime':
      return 4;
    case 'bigint':
    case 'float':
    case 'money':
    case 'datetime':
      return 8;
    case 'uniqueidentifier':
      return 16;
    case 'date':
      return 3;
    case 'time':
      return timeLength(type.scale ?? 7);
    case 'datetime2':
      return timeLength(type.scale ?? 7) + 3;
    case 'datetimeoffset':
      return timeLength(type.scale ?? 7) + 5;
    case 'decimal':
    case 'numeric':
      return decimalLength(type.precision ?? 18);
    default:
      throw new TypeError(`Values of type ${type.name} have no common length.`);
  }
}

type BodyWriter = (out: ByteWriter, value: Exclude<SqlValue, null>) => void;

/** The writer of the bare bytes, without a length before them, for the types of {@link bodyLength}. */
export function bodyWriter(type: SqlType): BodyWriter {
  switch (type.name) {
    case 'tinyint':
    case 'bit':
      return (out, value) => out.u8(number(type, value));
    case 'smallint':
      return (out, value) => out.u16(number(type, value));
    case 'int':
      return (out, value) => out.u32(number(type, value));
    case 'bigint':
      return (out, value) => out.u64(whole(type, value));
    case 'real':
      return (out, value) => out.real(number(type, value));
    case 'float':
      return (out, value) => out.double(number(type, value));
    case 'smallmoney':
      return (out, value) => out.u32(Number(whole(type, value)));
    case 'money':
      return (out, value) => {
        const units = whole(type, value);
        out.u32(Number(BigInt.asIntN(32, units >> 32n)));
        out.u32(Number(BigInt.asUintN(32, units)));
      };
    case 'smalldatetime':
      return (out, value) => {
        const { days, minutes } = toSmalldatetimeParts(whole(type, value));
        out.u16(days);
        out.u16(minutes);
      };
    case 'datetime':
      return (out, value) => {
        const { days, units } = toDatetimeParts(whole(type, value));
        out.u32(days);
        out.u32(units);
      };
    case 'uniqueidentifier':
      return (out, value) => {
        const id = text(type, value);
        if (id.length !== 36) throw new ValueFormError(type, value);
        const at = out.ensure(16);
        writeUniqueidentifier(id, out.buffer, at);
        out.position = at + 16;
      };
    case 'date':
      return (out, value) => out.uint(dayOf(whole(type, value)), 3);
    case 'time': {
      const writeTime = timeWriter(type);
      return (out, value) => writeTime(out, Number(whole(type, value)));
    }
    case 'datetime2': {
      const writeTime = timeWriter(type);
      return (out, value) => {
        const ticks = whole(type, value);
        writeTime(out, timeOf(ticks));
        out.uint(dayOf(ticks), 3);
      };
    }
    case 'datetimeoffset': {
      const writeTime = timeWriter(type);
      return (out, value) => {
        if (!isDateTimeOffset(value)) throw new ValueFormError(type, value);
        writeTime(out, timeOf(value.utcTicks));
        out.uint(dayOf(value.utcTicks), 3);
        out.u16(value.offsetMinutes);
      };
    }
    case 'decimal':
    case 'numeric':
      return decimalWriter(type);
    default:
      throw new TypeError(`Values of type ${type.name} have no common length.`);
  }
}

function timeWriter(type: SqlType): (out: ByteWriter, timeTicks: number) => void {
  const scale = type.scale ?? 7;
  const length = timeLength(scale);
  const unit = ticksPerUnit(scale);
  return (out, timeTicks) => out.uint(Math.floor(timeTicks / unit), length);
}

function decimalWriter(type: SqlType): BodyWriter {
  const words = (decimalLength(type.precision ?? 18) - 1) / 4;
  const scale = type.scale ?? 0;
  return (out, value) => {
    if (!isDecimal(value)) throw new ValueFormError(type, value);
    let { unscaled } = value;
    if (value.scale < scale) unscaled *= 10n ** BigInt(scale - value.scale);
    else if (value.scale > scale) unscaled /= 10n ** BigInt(value.scale - scale);
    out.u8(unscaled < 0n ? 0 : 1);
    let magnitude = unscaled < 0n ? -unscaled : unscaled;
    for (let i = 0; i < words; i += 1) {
      out.u32(Number(magnitude & 0xffffffffn));
      magnitude >>= 32n;
    }
    if (magnitude !== 0n) throw new ValueFormError(type, value);
  };
}

function number(type: SqlType, value: SqlValue): number {
  if (typeof value !== 'number') throw new ValueFormError(type, value);
  return value;
}

function whole(type: SqlType, value: SqlValue): bigint {
  if (typeof value !== 'bigint') throw new ValueFormError(type, value);
  return value;
}

/** The value as the string that it must be. @throws {ValueFormError} */
export function text(type: SqlType, value: SqlValue): string {
  if (typeof value !== 'string') throw new ValueFormError(type, value);
  return value;
}

function isDecimal(value: SqlValue): value is SqlDecimal {
  return typeof value === 'object' && value !== null && 'unscaled' in value;
}

function isDateTimeOffset(value: SqlValue): value is SqlDateTimeOffset {
  return typeof value === 'object' && value !== null && 'utcTicks' in value;
}
