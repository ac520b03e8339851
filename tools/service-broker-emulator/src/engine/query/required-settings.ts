import type { TableDefinition } from '../catalog/table-definition.ts';
import type { QueryEnvironment, StatementSettings } from './environment.ts';
import { incorrectSettings } from './errors/query-errors.ts';

/** In the order in which the error names them. */
const needed: readonly (readonly [option: Exclude<keyof StatementSettings, 'dates'>, name: string, isOn: boolean])[] = [
  ['ansiNulls', 'ANSI_NULLS', true],
  ['quotedIdentifier', 'QUOTED_IDENTIFIER', true],
  ['concatNullYieldsNull', 'CONCAT_NULL_YIELDS_NULL', true],
  ['ansiWarnings', 'ANSI_WARNINGS', true],
  ['ansiPadding', 'ANSI_PADDING', true],
  ['numericRoundAbort', 'NUMERIC_ROUNDABORT', false],
];

/**
 * Refuses a statement that needs SET options as they are by default: for filtered indexes, indexes on computed columns and
 * the methods of xml. Source: Microsoft's documentation of SET QUOTED_IDENTIFIER and its list of what these options are for.
 *
 * @param statement what fails, as the error names it
 * @throws {SqlError} 1934
 */
export function requireSettings(settings: StatementSettings | undefined, statement: string): void {
  if (settings === undefined) return;
  const wrong = needed.flatMap(([option, name, isOn]) => (settings[option] === isOn ? [] : [name]));
  if (wrong.length > 0) throw incorrectSettings(statement, wrong);
}

/** Whether an index of the table needs the options. */
export function hasIndexOfSettings({ columns, indexes }: TableDefinition): boolean {
  return indexes.some(
    (index) =>
      index.filter !== undefined || index.columns.some(({ ordinal }) => columns[ordinal]?.computed !== undefined),
  );
}

/** The same for a change of a table with such an index. @throws {SqlError} 1934 */
export function requireIndexSettings(
  definition: TableDefinition,
  environment: QueryEnvironment,
  statement: string,
): void {
  if (hasIndexOfSettings(definition)) requireSettings(environment.settings, statement);
}
