import { expect, test } from 'vitest';
import { atomizerLimitsSchema } from '../options.ts';
import { reasonOfEnd } from './reader-thread.ts';

const reading = { format: 'PDF', limits: atomizerLimitsSchema.parse({}) };
const errorOf = (code?: string) => Object.assign(new Error('the text'), code === undefined ? {} : { code });

test.each(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ERR_WORKER_INIT_FAILED'])(
  '%s ends a thread because of the machine, and blames no file',
  (code) => {
    const error = errorOf(code);
    expect(reasonOfEnd(error, reading)).toBe(error);
  },
);

test("any other end is the file's", () => {
  expect(reasonOfEnd(errorOf('ERR_WORKER_OUT_OF_MEMORY'), reading)).toMatchObject({ code: 'MEMORY_EXCEEDED' });
  expect(reasonOfEnd(errorOf(), reading)).toMatchObject({
    code: 'FILE_BROKEN',
    message: expect.stringContaining('the text'),
  });
});
