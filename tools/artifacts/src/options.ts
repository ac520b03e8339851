import { z } from 'zod';
import { artifactNames } from './artifact-list.ts';

/** What `pnpm artifacts` takes. */
export const artifactOptionsSchema = z.object({
  /** Names of artifacts. @default all */
  names: z
    .array(
      z.enum(artifactNames, {
        error: ({ input }) => `There is no artifact ${String(input)}; there are ${artifactNames.join(', ')}.`,
      }),
    )
    .transform((names) => (names.length === 0 ? [...artifactNames] : names)),
  /** Folder that the artifacts' folders are made in; those of the same names are replaced. */
  out: z.string().min(1),
  /** Whether .tar.gz and .zip are made besides the folders. */
  archives: z.boolean(),
  /** Whether changes that aren't committed are allowed; the artifacts are marked then. */
  allowChanges: z.boolean(),
});
