import { SqlError } from '../../errors.ts';
import type { Expression } from '../../tsql/ast/expressions.ts';
import type { QuerySpecification, SelectItem, SelectStatement, TableSource } from '../../tsql/ast/queries.ts';
import { nameKey } from '../catalog/name-key.ts';
import { convertValue } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import { nvarcharMaxType, sameType } from '../types/type-info.ts';
import { pivotValueInvalid, unpivotedTypesDiffer } from './errors/query-errors.ts';
import { compileFrom } from './from-clause.ts';
import type { QueryPlace } from './query-plan.ts';
import { Scope } from './scope.ts';

/** PIVOT or UNPIVOT of a table source. */
export type PivotSource = Extract<TableSource, { kind: 'pivot' | 'unpivot' }>;

/** A column of the source, by the source's name in its query. */
interface SourceColumn {
  readonly alias: string;
  readonly name: string;
  readonly type: SqlType;
}

/** The columns of a table source, and which of them a name means. */
class SourceColumns {
  readonly all: readonly SourceColumn[];
  readonly #scope: Scope;

  constructor(source: TableSource, place: QueryPlace) {
    // It is compiled once more with the query that takes its place, which asks for what it takes then.
    const takeBack = place.environment.attempt();
    this.#scope = new Scope(place.environment, place.outer, place.ctes);
    compileFrom([source], this.#scope);
    takeBack();
    this.all = this.#scope.sources.flatMap(({ alias, columns }) =>
      columns.map(({ name, type }) => ({ alias, name, type })),
    );
  }

  /** @throws {SqlError} 207, 209, 4104 */
  find(parts: readonly string[], line: number): SourceColumn {
    const { source, column } = this.#scope.resolve(parts, line);
    const found = this.all.find(({ alias, name }) => alias === source.alias && nameKey(name) === nameKey(column.name));
    if (found === undefined) throw new Error(`the column ${column.name} was found in no source`);
    return found;
  }
}

/**
 * The query that PIVOT or UNPIVOT stands for: a GROUP BY with an aggregate for each value, or a row for each column.
 *
 * @throws {SqlError} 207 and others for its columns, 473 for a value that the column can't have, 8167 for columns of several types
 */
export function pivotQuery(source: PivotSource, place: QueryPlace): SelectStatement {
  const columns = new SourceColumns(source.source, place);
  const query = source.kind === 'pivot' ? pivoted(source, columns) : unpivoted(source, columns);
  return { kind: 'select', with: [], query, orderBy: [], options: [], line: source.line };
}

function pivoted(source: Extract<PivotSource, { kind: 'pivot' }>, columns: SourceColumns): QuerySpecification {
  const { aggregate, values, line } = source;
  const pivot = columns.find(source.column, line);
  const [valueNode, ...rest] = aggregate.arguments;
  if (valueNode?.kind !== 'column') throw new Error('the parser takes PIVOT over a column only');
  const value = columns.find(valueNode.parts, line);
  const grouped = columns.all.filter((column) => column !== pivot && column !== value);
  const items = values.map((text): SelectItem => {
    refuseUnfit(text, pivot.type, line);
    const then = columnNode(value, line);
    const branches = [{ when: textNode(text, line), then }];
    const ofValue: Expression = { kind: 'case', operand: columnNode(pivot, line), branches, line };
    return { kind: 'expression', expression: { ...aggregate, arguments: [ofValue, ...rest] }, alias: text, line };
  });
  return {
    kind: 'specification',
    distinct: false,
    items: [...grouped.map((column) => itemOf(column, line)), ...items],
    from: [source.source],
    groupBy: grouped.map((column) => columnNode(column, line)),
    line,
  };
}

function unpivoted(source: Extract<PivotSource, { kind: 'unpivot' }>, columns: SourceColumns): QuerySpecification {
  const { line } = source;
  const listed = source.columns.map((parts) => columns.find(parts, line));
  const [first] = listed;
  const other = listed.find((column) => first !== undefined && !sameType(column.type, first.type));
  if (other !== undefined) throw unpivotedTypesDiffer(other.name, line);
  const alias = '\u0000unpivoted';
  const rows: TableSource = {
    kind: 'values',
    rows: listed.map((column) => [columnNode(column, line), textNode(column.name, line)]),
    alias,
    columns: [source.value, source.name],
    line,
  };
  const kept = columns.all.filter((column) => !listed.includes(column));
  const shown = (name: string): Expression => ({ kind: 'column', parts: [alias, name], line });
  const name: Expression = {
    kind: 'cast',
    operand: shown(source.name),
    type: { name: { name: 'nvarchar', line }, parameters: [128], line },
    tolerant: false,
    line,
  };
  return {
    kind: 'specification',
    distinct: false,
    items: [
      ...kept.map((column) => itemOf(column, line)),
      { kind: 'expression', expression: shown(source.value), alias: source.value, line },
      { kind: 'expression', expression: name, alias: source.name, line },
    ],
    from: [{ kind: 'join', type: 'crossApply', left: source.source, right: rows, line }],
    where: { kind: 'isNull', operand: shown(source.value), negated: true, line },
    line,
  };
}

function columnNode({ alias, name }: SourceColumn, line: number): Expression {
  return { kind: 'column', parts: alias === '' ? [name] : [alias, name], line };
}

function itemOf(column: SourceColumn, line: number): SelectItem {
  return { kind: 'expression', expression: columnNode(column, line), alias: column.name, line };
}

function textNode(value: string, line: number): Expression {
  return { kind: 'literal', type: 'string', value, unicode: true, line };
}

/** @throws {SqlError} 473 after 8114 */
function refuseUnfit(text: string, type: SqlType, line: number): void {
  try {
    convertValue(text, nvarcharMaxType, type, { explicit: false });
  } catch (error) {
    throw error instanceof SqlError ? pivotValueInvalid(text, type, line) : error;
  }
}
