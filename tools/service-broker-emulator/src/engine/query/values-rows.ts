import type { Expression } from '../../tsql/ast/expressions.ts';
import { commonType } from '../types/compare.ts';
import { convertTo } from './conversion.ts';
import { fewerValueColumnsThanNames, moreValueColumnsThanNames, unequalValueRows } from './errors/data-errors.ts';
import { compileExpression } from './expression.ts';
import type { Rows } from './row-source.ts';
import type { Scope } from './scope.ts';

/** `(VALUES (...), (...)) AS t(a, b)`: each column in the common type of its values. */
export function commonTypedRows(
  rows: readonly (readonly Expression[])[],
  names: readonly string[],
  scope: Scope,
  line: number,
): Rows {
  const compiled = rows.map((row) => row.map((value) => compileExpression(value, scope)));
  const width = compiled[0]?.length ?? 0;
  if (compiled.some((row) => row.length !== width)) {
    throw unequalValueRows(line);
  }
  if (names.length !== width) {
    throw names.length > width ? fewerValueColumnsThanNames(line) : moreValueColumnsThanNames(line);
  }
  const types = names.map((_, index) =>
    commonType(compiled.flatMap((row) => (row[index] === undefined ? [] : [row[index].type]))),
  );
  const converted = compiled.map((row) =>
    row.map((value, index) => {
      const type = types[index];
      return type === undefined ? value : convertTo(value, type);
    }),
  );
  return {
    columns: names.map((name, index) => ({
      name,
      type: types[index] ?? { name: 'int' },
      nullable: converted.some((row) => row[index]?.nullable ?? true),
    })),
    correlated: false,
    computed: false,
    estimate: rows.length,
    scan: (slot) => (frame, step) => {
      for (const row of converted) {
        frame.rows[slot] = row.map((value) => value.evaluate(frame));
        if (!step()) return false;
      }
      return true;
    },
  };
}
