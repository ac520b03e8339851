import { SqlError } from '../../../errors.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { convertValue } from '../../types/convert.ts';
import type { Flow } from '../flow.ts';
import type { Interpreter } from '../interpreter.ts';
import { type MaybePromise, withCleanUp } from '../maybe-promise.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { returnValueOutsideProcedure } from './errors/execution-errors.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export function runIf(run: Interpreter, statement: Of<'if'>, frame: ModuleFrame): MaybePromise<Flow> {
  const holds = run.condition(statement.condition, frame);
  if (holds instanceof Promise) return holds.then((settled) => runBranch(settled, run, statement, frame));
  return runBranch(holds, run, statement, frame);
}

function runBranch(holds: boolean, run: Interpreter, statement: Of<'if'>, frame: ModuleFrame): MaybePromise<Flow> {
  if (holds) return run.statement(statement.then, frame);
  return statement.otherwise === undefined ? 'next' : run.statement(statement.otherwise, frame);
}

export function runWhile(run: Interpreter, statement: Of<'while'>, frame: ModuleFrame): MaybePromise<Flow> {
  for (;;) {
    const holds = run.condition(statement.condition, frame);
    if (holds instanceof Promise) return whileAfter(holds, undefined, run, statement, frame);
    if (!holds) return 'next';
    const flow = run.statement(statement.body, frame);
    if (flow instanceof Promise) return whileAfter(true, flow, run, statement, frame);
    if (flow === 'break') return 'next';
    if (flow === 'return' || typeof flow === 'object') return flow;
  }
}

/** Goes on with a loop in which something has to be waited for: the condition, or the body that began. */
async function whileAfter(
  condition: MaybePromise<boolean>,
  body: Promise<Flow> | undefined,
  run: Interpreter,
  statement: Of<'while'>,
  frame: ModuleFrame,
): Promise<Flow> {
  let holds = await condition;
  let pending: MaybePromise<Flow> | undefined = body;
  while (holds) {
    const flow = await (pending ?? run.statement(statement.body, frame));
    if (flow === 'break') return 'next';
    if (flow === 'return' || typeof flow === 'object') return flow;
    pending = undefined;
    holds = await run.condition(statement.condition, frame);
  }
  return 'next';
}

export function runBlock(run: Interpreter, statement: Of<'block'>, frame: ModuleFrame): MaybePromise<Flow> {
  return run.list(statement.statements, frame);
}

export function runTryCatch(run: Interpreter, statement: Of<'tryCatch'>, frame: ModuleFrame): MaybePromise<Flow> {
  let outcome: MaybePromise<Flow>;
  run.tryDepth += 1;
  try {
    outcome = run.list(statement.body, frame);
  } catch (thrown) {
    run.tryDepth -= 1;
    return runHandler(thrown, run, statement, frame);
  }
  if (outcome instanceof Promise) return tryAfter(outcome, run, statement, frame);
  run.tryDepth -= 1;
  return outcome;
}

/** Goes on with a TRY block in which something has to be waited for. */
async function tryAfter(
  body: Promise<Flow>,
  run: Interpreter,
  statement: Of<'tryCatch'>,
  frame: ModuleFrame,
): Promise<Flow> {
  try {
    return await body.finally(() => {
      run.tryDepth -= 1;
    });
  } catch (thrown) {
    return await runHandler(thrown, run, statement, frame);
  }
}

/** Runs a CATCH block. @throws what was thrown, when it can't be caught there */
function runHandler(
  thrown: unknown,
  run: Interpreter,
  statement: Of<'tryCatch'>,
  frame: ModuleFrame,
): MaybePromise<Flow> {
  const catchable =
    thrown instanceof SqlError && thrown.severity < 20 && run.session.resolutionFrames.get(thrown) !== frame;
  if (!catchable) throw thrown;
  frame.caught.push({
    number: thrown.number,
    severity: thrown.severity,
    state: thrown.state,
    line: thrown.line,
    procedure: thrown.procedure === '' ? null : thrown.procedure,
    message: thrown.message,
    original: thrown,
  });
  run.session.statement.error = thrown.number;
  return withCleanUp(
    () => run.list(statement.handler, frame),
    () => frame.caught.pop(),
  );
}

export function runReturn(run: Interpreter, statement: Of<'return'>, frame: ModuleFrame): Flow {
  if (statement.value !== undefined) {
    // Only procedures have a status to return; a batch and dynamic SQL are modules without an id.
    if (frame.moduleId === 0) throw returnValueOutsideProcedure(statement.line);
    const { type, value } = run.session.scalar(statement.value, frame);
    const status = convertValue(value, type, { name: 'int' }, { explicit: false });
    if (typeof status === 'number') frame.returnStatus = status;
  }
  return 'return';
}
