import type { Statement } from './ast/statements.ts';
import { duplicateLabel, undeclaredLabel } from './errors.ts';

type GotoStatement = Extract<Statement, { readonly label: string }>;

function collect(statements: readonly Statement[], labels: Set<string>, gotos: GotoStatement[]): void {
  for (const statement of statements) visit(statement, labels, gotos);
}

function visit(statement: Statement, labels: Set<string>, gotos: GotoStatement[]): void {
  switch (statement.kind) {
    case 'label': {
      const name = statement.label.toLowerCase();
      if (labels.has(name)) throw duplicateLabel(statement.label, statement.line);
      labels.add(name);
      break;
    }
    case 'goto':
      gotos.push(statement);
      break;
    case 'if':
      visit(statement.then, labels, gotos);
      if (statement.otherwise) visit(statement.otherwise, labels, gotos);
      break;
    case 'while':
      visit(statement.body, labels, gotos);
      break;
    case 'block':
      collect(statement.statements, labels, gotos);
      break;
    case 'tryCatch':
      collect(statement.body, labels, gotos);
      collect(statement.handler, labels, gotos);
      break;
    case 'createProcedure':
    case 'createTrigger':
      checkLabels(statement.body);
      break;
    case 'createFunction':
      if (statement.returns.kind !== 'inlineTable') checkLabels(statement.returns.body);
      break;
  }
}

/**
 * Checks that labels are unique in a batch or module and that every GOTO finds its label.
 *
 * @throws {SqlError} 132 or 133
 */
export function checkLabels(statements: readonly Statement[]): void {
  const labels = new Set<string>();
  const gotos: GotoStatement[] = [];
  collect(statements, labels, gotos);
  for (const statement of gotos) {
    if (!labels.has(statement.label.toLowerCase())) throw undeclaredLabel(statement.label, statement.line);
  }
}
