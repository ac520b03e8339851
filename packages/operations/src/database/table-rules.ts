import { type RuleDeclaration, readColumn } from './column-declaration.ts';
import { StatementReader } from './statement-reader.ts';

/** The named CHECKs and DEFAULTs of a table, with the columns that they may refer to. */
export interface TableRules {
  /** Columns that hold a value, with the one way to write their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rules: readonly (RuleDeclaration & {
    /** The column of a DEFAULT; `null` for a CHECK. */
    readonly column: string | null;
  })[];
}

/**
 * Reads the rules of a CREATE TABLE statement.
 *
 * @throws SqlScriptError for a statement of another form than the project's files have
 */
export function tableRules(text: string, source: string): TableRules {
  const reader = StatementReader.of(text, source);
  reader.expect('CREATE', 'TABLE');
  reader.name();
  const columns: TableRules['columns'][number][] = [];
  const rules: TableRules['rules'][number][] = [];
  for (const item of reader.list()) {
    if (item.accept('CONSTRAINT')) {
      const name = item.name();
      if (item.accept('CHECK')) rules.push({ name, kind: 'CHECK', text: item.rest(), column: null });
    } else if (!['INDEX', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'].some((word) => item.accept(word))) {
      const column = readColumn(item);
      if (column.type !== null) columns.push({ name: column.name, type: column.type });
      for (const rule of column.rules) {
        rules.push({ ...rule, column: rule.kind === 'DEFAULT' ? column.name : null });
      }
    }
  }
  return { columns, rules };
}
