import type { Statement } from '../../../tsql/ast/statements.ts';
import { unsupported } from '../../../unsupported.ts';
import { impersonate } from '../impersonation.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export function runExecuteAs(run: Interpreter, statement: Of<'executeAs'>, frame: ModuleFrame): void {
  if (statement.context !== 'user' || statement.name === undefined)
    throw unsupported(`EXECUTE AS ${statement.context.toUpperCase()}`, statement.line);
  const { value } = run.session.scalar(statement.name, frame);
  impersonate(run.session, typeof value === 'string' ? value : '', { asked: true });
}

export function runRevert(run: Interpreter): void {
  run.session.impersonated.pop();
}
