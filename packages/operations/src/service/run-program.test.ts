import { expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const signal = AbortSignal.timeout(60_000);
const run = (script: string) => runProgram(process.execPath, ['-e', script], signal);

test('a program may print what a log has, and no more than is held', async () => {
  expect(await run("process.stdout.write('x'.repeat(4_000_000))")).toHaveLength(4_000_000);
  await expect(run("const on = () => process.stdout.write('x'.repeat(65_536), on); on()")).rejects.toMatchObject({
    code: 'SERVICE_COMMAND_FAILED',
    message: expect.stringContaining('it printed more than 16777216 bytes, and was ended.'),
  });
});

test('of what a program says went wrong, the end is told', async () => {
  const failure = await run(
    "process.stderr.write('x'.repeat(100_000) + 'the disk is full'); process.exitCode = 3",
  ).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('the disk is full') });
  expect((failure as Error).message.length).toBeLessThan(3_000);
});
