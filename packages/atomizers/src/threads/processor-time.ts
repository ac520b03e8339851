const mebi = 1024 * 1024;
/** Of larger files what they take grows faster than what they may take at first. */
const smallMebis = 4;
const msPerFurtherMebi = 9_000;

/** Time of a processor in milliseconds that a file may take: so much, and so much for each of its first MiB. */
export interface ProcessorTime {
  readonly baseMs: number;
  readonly msPerMebi: number;
}

/** What all files together may take that are read in threads, because they are in one file, by the size of that. */
export const togetherTime: ProcessorTime = { baseMs: 5_000, msPerMebi: 2_000 };

/** What a file of so many bytes may take, in milliseconds. Beyond 4 MiB it's 9 s for each. */
export function processorMsFor(bytes: number, { baseMs, msPerMebi }: ProcessorTime): number {
  const mebis = bytes / mebi;
  return baseMs + Math.min(mebis, smallMebis) * msPerMebi + Math.max(0, mebis - smallMebis) * msPerFurtherMebi;
}
