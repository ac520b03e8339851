import { SqlError } from '../../../errors.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { convertValue } from '../../types/convert.ts';
import type { Flow } from '../flow.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export async function runIf(run: Interpreter, statement: Of<'if'>, frame: ModuleFrame): Promise<Flow> {
  if (await run.condition(statement.condition, frame)) return run.statement(statement.then, frame);
  return statement.otherwise === undefined ? 'next' : run.statement(statement.otherwise, frame);
}

export async function runWhile(run: Interpreter, statement: Of<'while'>, frame: ModuleFrame): Promise<Flow> {
  while (await run.condition(statement.condition, frame)) {
    const flow = await run.statement(statement.body, frame);
    if (flow === 'break') break;
    if (flow === 'return' || typeof flow === 'object') return flow;
  }
  return 'next';
}

export function runBlock(run: Interpreter, statement: Of<'block'>, frame: ModuleFrame): Promise<Flow> {
  return run.list(statement.statements, frame);
}

export async function runTryCatch(run: Interpreter, statement: Of<'tryCatch'>, frame: ModuleFrame): Promise<Flow> {
  run.tryDepth += 1;
  let error: SqlError;
  try {
    return await run.list(statement.body, frame);
  } catch (thrown) {
    const catchable =
      thrown instanceof SqlError && thrown.severity < 20 && run.session.resolutionFrames.get(thrown) !== frame;
    if (!catchable) throw thrown;
    error = thrown;
  } finally {
    run.tryDepth -= 1;
  }
  frame.caught.push({
    number: error.number,
    severity: error.severity,
    state: error.state,
    line: error.line,
    procedure: error.procedure === '' ? null : error.procedure,
    message: error.message,
    original: error,
  });
  run.session.lastError = error.number;
  try {
    return await run.list(statement.handler, frame);
  } finally {
    frame.caught.pop();
  }
}

export function runReturn(run: Interpreter, statement: Of<'return'>, frame: ModuleFrame): Flow {
  if (statement.value !== undefined) {
    const { type, value } = run.session.scalar(statement.value, frame);
    const status = convertValue(value, type, { name: 'int' }, { explicit: false });
    if (typeof status === 'number') frame.returnStatus = status;
    else if (frame.nestLevel === 0)
      throw new SqlError('A RETURN statement with a return value cannot be used in this context.', {
        number: 178,
        severity: 15,
      });
  }
  return 'return';
}
