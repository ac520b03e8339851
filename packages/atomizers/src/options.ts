import { z } from 'zod';
import { InvalidLimitsError } from './errors.ts';

const kibi = 1024;
const mebi = 1024 * kibi;
/** Milliseconds that Node's timers can count; one of more would be over at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * How much of anything a file may ask for. The defaults keep a process under 400 MB whatever the file is. Boundaries of
 * atoms depend on the lengths in here, so changing those gives the same file other atoms.
 */
export const atomizerLimitsSchema = z
  .strictObject({
    /** Atoms per file, members of archives included. Too small refuses large tables; too large lets `[0,0,0…` fill a database. */
    maxAtoms: z.int().min(1).default(5_000_000),
    /** Longest paragraph, line or block in UTF-16 code units; a longer one is cut, nothing is lost. */
    maxBlockLength: z
      .int()
      .min(64)
      .max(mebi)
      .default(64 * kibi),
    /** Longest section in UTF-16 code units; a longer one goes on as a further part of the same section. */
    maxSectionLength: z
      .int()
      .min(64)
      .max(4 * mebi)
      .default(256 * kibi),
    /** Largest single JSON value, row, or tag, comment or text of XML in bytes; a larger one is refused, for it can't be cut and keep its meaning. */
    maxValueBytes: z
      .int()
      .min(1)
      .max(64 * mebi)
      .default(4 * mebi),
    /** Largest file in bytes of a format that has to be in memory as a whole: PDF, MSG, pictures. */
    maxWholeFileBytes: z
      .int()
      .min(1)
      .max(1024 * mebi)
      .default(64 * mebi),
    /** Nesting of JSON values, HTML and XML elements. */
    maxNesting: z.int().min(1).max(10_000).default(512),
    /** Smallest chunk in bytes; no boundary is looked for before it. */
    minChunkBytes: z
      .int()
      .min(64)
      .default(16 * kibi),
    /** Average chunk in bytes; a power of two. Smaller finds more that is the same in two files, and makes more atoms. */
    averageChunkBytes: z
      .int()
      .min(256)
      .max(4 * mebi)
      .refine((value) => Number.isInteger(Math.log2(value)), 'must be a power of two')
      .default(64 * kibi),
    /** Largest chunk in bytes; a boundary is set there if none was found. */
    maxChunkBytes: z
      .int()
      .min(1024)
      .max(16 * mebi)
      .default(256 * kibi),
    /** Archives in archives; the outermost is level 1. */
    maxArchiveDepth: z.int().min(1).max(32).default(4),
    /** Members of all archives in a file together. */
    maxArchiveMembers: z.int().min(1).default(10_000),
    /** Bytes that all archives in a file together may expand to; it is also the most that is kept in temporary files. */
    maxExpandedBytes: z
      .int()
      .min(1)
      .default(1024 * mebi),
    /** Expanded bytes per compressed byte, looked at once an archive has expanded to 16 MiB. DEFLATE can't go beyond 1032. */
    maxExpansionRatio: z.number().min(1).default(200),
    /**
     * Bytes of members that are taken apart, per byte of the whole file, checked from `maxExpandedTextBytes` on. Beyond it members are
     * kept as bytes: too small keeps large logs from being read; too large lets a few megabytes of blank lines take minutes.
     */
    maxTextExpansionRatio: z.number().min(1).default(50),
    /** Bytes of members that are taken apart, whatever the size of the whole file is. */
    maxExpandedTextBytes: z
      .int()
      .min(0)
      .default(64 * mebi),
    /**
     * XML elements in Office and OpenDocument files per byte of the whole file, a quarter of that in its first 4 MiB; an attribute
     * counts half, and so do 50 characters. Checked from 4,000,000 elements on.
     */
    maxElementsPerByte: z.number().min(0.1).default(4),
    /** Memory in bytes that the thread may take in which a PDF or MSG is read, the file itself included. */
    maxWorkerBytes: z
      .int()
      .min(32 * mebi)
      .default(160 * mebi),
    /** Time in milliseconds that reading one PDF or MSG may take. */
    maxWorkerMs: z.int().min(1).max(longestTimerMs).default(120_000),
    /** Time in milliseconds that recognising the text of all pictures in a file may take, where there is an OCR provider. */
    maxOcrMs: z.int().min(1).max(longestTimerMs).default(600_000),
  })
  .refine(
    (limits) => limits.minChunkBytes < limits.averageChunkBytes && limits.averageChunkBytes < limits.maxChunkBytes,
    {
      error: 'minChunkBytes < averageChunkBytes < maxChunkBytes must hold',
    },
  )
  .readonly();

/** All limits, checked. */
export type AtomizerLimits = z.output<typeof atomizerLimitsSchema>;

/** Limits that differ from the defaults. */
export type AtomizerLimitOptions = z.input<typeof atomizerLimitsSchema>;

/**
 * Fills in the defaults.
 *
 * @throws InvalidLimitsError naming every limit that is out of its range
 */
export function parseLimits(options: AtomizerLimitOptions = {}): AtomizerLimits {
  const result = atomizerLimitsSchema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'limits'}: ${issue.message}`);
  throw new InvalidLimitsError(problems, result.error);
}
