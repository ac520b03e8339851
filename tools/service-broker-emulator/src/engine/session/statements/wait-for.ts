import { SqlError } from '../../../errors.ts';
import type { Expression } from '../../../tsql/ast/expressions.ts';
import type { WaitForStatement } from '../../../tsql/ast/wait-for.ts';
import { convertValue } from '../../types/convert.ts';
import { ticksPerDay, ticksPerMillisecond } from '../../types/datetime.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { invalidDelay } from './errors/execution-errors.ts';
import { waitForMessages } from './receive.ts';

/** WAITFOR DELAY 'hh:mm:ss' and WAITFOR TIME 'hh:mm:ss'. @throws {SqlError} 148 for what isn't a time of day */
async function waitForDelay(
  run: Interpreter,
  kind: 'delay' | 'time',
  expression: Expression,
  frame: ModuleFrame,
): Promise<void> {
  const { type, value } = run.session.scalar(expression, frame);
  let timeOfDay: bigint;
  try {
    const converted = convertValue(value, type, { name: 'datetime' }, { explicit: true });
    if (typeof converted !== 'bigint') return;
    timeOfDay = converted % ticksPerDay;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw invalidDelay(String(value), error);
  }
  const { utcTicks, offsetMinutes } = run.session.now;
  const local = (utcTicks + BigInt(offsetMinutes) * 600_000_000n) % ticksPerDay;
  const ticks = kind === 'delay' ? timeOfDay : (timeOfDay - local + ticksPerDay) % ticksPerDay;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(run.signal.reason);
  run.signal.addEventListener('abort', onAbort, { once: true });
  // At most a day, far below what a timer can hold.
  const timer = setTimeout(resolve, Number(ticks / ticksPerMillisecond));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', onAbort);
  }
}

export async function runWaitFor(run: Interpreter, statement: WaitForStatement, frame: ModuleFrame): Promise<void> {
  const { wait } = statement;
  const { session } = run;
  if (wait.kind !== 'statement') {
    await waitForDelay(run, wait.kind, wait.value, frame);
    session.statement.error = 0;
    return;
  }
  let timeoutMs = -1;
  if (wait.timeout !== undefined) {
    const { type, value } = session.scalar(wait.timeout, frame);
    timeoutMs = Number(convertValue(value, type, { name: 'int' }, { explicit: false }) ?? -1);
  }
  await waitForMessages(run, wait.statement, timeoutMs, frame);
  session.transactions.endStatement();
  session.statement.error = 0;
}
