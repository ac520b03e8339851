const mebi = 1024 * 1024;
/** Beyond this size, needs grow faster than the initial allowance. */
const smallMebis = 4;
const msPerFurtherMebi = 9_000;

/** CPU time in milliseconds that a file may take: a base, and an amount for each of its first MiB. */
export interface ProcessorTime {
  readonly baseMs: number;
  readonly msPerMebi: number;
}

/** CPU time that all files in one containing file may take in threads together, by the container's size. */
export const togetherTime: ProcessorTime = { baseMs: 5_000, msPerMebi: 2_000 };

/** What a file of so many bytes may take, in milliseconds. Beyond 4 MiB it's 9 s for each. */
export function processorMsFor(bytes: number, { baseMs, msPerMebi }: ProcessorTime): number {
  const mebis = bytes / mebi;
  return baseMs + Math.min(mebis, smallMebis) * msPerMebi + Math.max(0, mebis - smallMebis) * msPerFurtherMebi;
}
