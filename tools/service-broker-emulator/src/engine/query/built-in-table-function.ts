import type { Expression } from '../../tsql/ast/expressions.ts';
import { commonType } from '../types/compare.ts';
import type { SqlDecimal, SqlRow, SqlValue } from '../types/sql-value.ts';
import {
  bigintType,
  intType,
  isCharacterType,
  isUnicodeType,
  nvarcharMaxType,
  typeFamily,
} from '../types/type-info.ts';
import { convertTo } from './conversion.ts';
import { invalidSeriesArgument, invalidSplitSeparator, zeroStep } from './errors/expression-errors.ts';
import { compileExpression, constant } from './expression.ts';
import { checkArgumentCount } from './function-call.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';

/** STRING_SPLIT and GENERATE_SERIES; undefined for other names. */
export function builtInTableFunction(
  name: string,
  args: readonly Expression[],
  line: number,
  scope: Scope,
): Rows | undefined {
  switch (name) {
    case 'STRING_SPLIT':
      return stringSplit(args, line, scope);
    case 'GENERATE_SERIES':
      return generateSeries(args, line, scope);
    default:
      return undefined;
  }
}

function stringSplit(args: readonly Expression[], line: number, scope: Scope): Rows {
  checkArgumentCount('STRING_SPLIT', args.length, 2, 3, line);
  const [textNode, separatorNode, ordinalNode] = args;
  if (textNode === undefined || separatorNode === undefined) throw new Error('STRING_SPLIT has two arguments');
  const original = compileExpression(textNode, scope);
  const text = isCharacterType(original.type) ? original : convertTo(original, nvarcharMaxType);
  const separator = convertTo(compileExpression(separatorNode, scope), nvarcharMaxType);
  const withOrdinal =
    ordinalNode !== undefined && Number(compileExpression(ordinalNode, scope).constant?.value ?? 0) === 1;
  const type = {
    name: isUnicodeType(text.type) ? ('nvarchar' as const) : ('varchar' as const),
    length: text.type.length ?? 1,
    ...(text.type.collation === undefined ? {} : { collation: text.type.collation }),
  };
  const value = { name: 'value', type, nullable: true };
  return {
    columns: withOrdinal ? [value, { name: 'ordinal', type: bigintType, nullable: true }] : [value],
    correlated: false,
    computed: false,
    estimate: 50,
    scan: (slot) => (frame, step) => {
      const whole = text.evaluate(frame) as string | null;
      if (whole === null) return true;
      const glue = separator.evaluate(frame) as string | null;
      if (glue === null || glue.length !== 1) {
        throw invalidSplitSeparator();
      }
      let ordinal = 0n;
      for (const part of whole.split(glue)) {
        frame.rows[slot] = withOrdinal ? [part, ++ordinal] : [part];
        if (!step()) return false;
      }
      return true;
    },
  };
}

function generateSeries(args: readonly Expression[], line: number, scope: Scope): Rows {
  checkArgumentCount('GENERATE_SERIES', args.length, 2, 3, line);
  const compiled = args.map((argument) => compileExpression(argument, scope));
  const type = commonType(compiled.map((argument) => argument.type));
  const family = typeFamily(type);
  if ((family !== 'integer' && family !== 'decimal') || type.name === 'bit') {
    throw invalidSeriesArgument(type.name, line);
  }
  const [start, stop, step = constant(intType, null)] = compiled.map((argument) => convertTo(argument, type));
  if (start === undefined || stop === undefined) throw new Error('GENERATE_SERIES has two arguments');
  // Counted in bigint: unscaled for decimals, so that no step is ever rounded.
  const read = (value: SqlValue): bigint =>
    family === 'decimal' ? (value as SqlDecimal).unscaled : BigInt(value as number | bigint);
  const scale = type.scale ?? 0;
  const write = (count: bigint): SqlValue =>
    family === 'decimal' ? { unscaled: count, scale } : type.name === 'bigint' ? count : Number(count);
  const one = family === 'decimal' ? 10n ** BigInt(scale) : 1n;
  return {
    columns: [{ name: 'value', type, nullable: true }],
    correlated: false,
    computed: false,
    estimate: 1000,
    scan: (slot) => (frame, next) => {
      const from = start.evaluate(frame);
      const to = stop.evaluate(frame);
      if (from === null || to === null) return true;
      const given = step.evaluate(frame);
      if (given === null && args.length > 2) return true;
      const first = read(from);
      const last = read(to);
      const by = given === null ? (first <= last ? one : -one) : read(given);
      if (by === 0n) {
        throw zeroStep();
      }
      for (let count = first; by > 0n ? count <= last : count >= last; count += by) {
        const row: SqlRow = [write(count)];
        frame.rows[slot] = row;
        if (!next()) return false;
      }
      return true;
    },
  };
}
