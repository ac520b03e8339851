/** How much is done: `short` in every test run, `long` with `pnpm test:chaos`. */
type Form = 'short' | 'long';

export const form: Form = process.env.CHAOS_FORM === 'long' ? 'long' : 'short';

/** Longest time that a run waits for one condition, in milliseconds: the long form has many times as much to do. */
export const longestWaitMs = { short: 120_000, long: 600_000 }[form];
