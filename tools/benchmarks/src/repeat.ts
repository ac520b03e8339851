/** Runs `work` several times and gives what each run gave. The first `warmUp` runs are not counted: they compile. */
export async function repeat<T>(
  counts: { readonly warmUp: number; readonly runs: number },
  work: () => Promise<T> | T,
): Promise<T[]> {
  for (let run = 0; run < counts.warmUp; run += 1) await work();
  const samples: T[] = [];
  for (let run = 0; run < counts.runs; run += 1) samples.push(await work());
  return samples;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
