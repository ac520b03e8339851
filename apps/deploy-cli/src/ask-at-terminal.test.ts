import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { askAtTerminal } from './ask-at-terminal.ts';

function place() {
  const input = new PassThrough();
  const output = new PassThrough();
  const stop = new AbortController();
  let shown = '';
  output.on('data', (chunk) => (shown += String(chunk)));
  return {
    input,
    shown: () => shown,
    place: { input, output, signal: stop.signal, onInterrupt: () => stop.abort('interrupted'), isTerminal: true },
  };
}

test('the answer is what was typed', async () => {
  const at = place();
  const answer = askAtTerminal('Go on? ', at.place);
  at.input.write('y\r');
  expect(await answer).toBe('y');
});

test('the end of the input gives no answer', async () => {
  const ended = place();
  const answer = askAtTerminal('Go on? ', ended.place);
  ended.input.end();
  expect(await answer).toBe('');
  const controlD = place();
  const other = askAtTerminal('Go on? ', controlD.place);
  controlD.input.write('\u0004');
  expect(await other).toBe('');
});

test('a terminal that is gone gives no answer', async () => {
  const at = place();
  const answer = askAtTerminal('Go on? ', at.place);
  await vi.waitFor(() => expect(at.shown()).toContain('Go on?'));
  at.input.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }));
  expect(await answer).toBe('');
});

test('Ctrl-C, which the terminal gives as a character, stops the command', async () => {
  const at = place();
  const answer = askAtTerminal('Go on? ', at.place);
  at.input.write('\u0003');
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(at.place.signal.reason).toBe('interrupted');
});

test('nothing of the question acts on the terminal', async () => {
  const at = place();
  const answer = askAtTerminal('Remove \u001b]0;x\u0007\u202e? ', at.place);
  at.input.write('n\r');
  await answer;
  expect(at.shown()).toContain('Remove \\u001b]0;x\\u0007\\u202e? ');
});
