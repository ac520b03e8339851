import { expect, test } from 'vitest';
import { fencingState, SequenceBehindError } from './fencing-sequence.ts';

test.each([
  [0n, 1n],
  [7n, 7n],
  [7n, 2n ** 62n],
])('greatest %s in the graph and %s handed out is as it should be', (greatest, current) => {
  expect(fencingState(greatest, current)).toEqual({ state: 'ahead', greatest, current });
});

test('a sequence that is behind comes with the statement that puts it right', () => {
  const behind = fencingState(100_016n, 1n);
  expect(behind).toMatchObject({
    state: 'behind',
    statement: 'ALTER SEQUENCE [dbo].[GraphSyncSequence] RESTART WITH 100017;',
  });
  if (behind.state !== 'behind') throw new Error('unexpected');
  const error = new SequenceBehindError(behind);
  expect(error).toMatchObject({ code: 'SEQUENCE_BEHIND', retryable: true, greatest: 100_016n, current: 1n });
  expect(error.message).toContain(behind.statement);
  expect(error.message).toContain('reconcile --repair');
  // The number after the statement is the next one handed out, whether or not it counts as current before that.
  for (const current of [100_016n, 100_017n]) expect(fencingState(100_016n, current).state).toBe('ahead');
});

test('what can not be seen is not taken for well', () => {
  expect(fencingState(null, 5n)).toMatchObject({ state: 'unseen', action: expect.stringContaining('graph deploy') });
  expect(fencingState(5n, null)).toMatchObject({
    state: 'unseen',
    action: expect.stringContaining('HartonomousWorker'),
  });
});
