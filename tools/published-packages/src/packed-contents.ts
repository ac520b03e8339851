import { list } from 'tar';
import { z } from 'zod';
import type { PackedPackage } from './pack.ts';

const schema = z.looseObject({
  name: z.string(),
  version: z.string(),
  exports: z.unknown(),
  bin: z.unknown().optional(),
  engines: z.object({ node: z.string() }),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  scripts: z.record(z.string(), z.string()).default({}),
});

/** What is in a tarball. */
export interface PackedContents {
  readonly manifest: z.output<typeof schema>;
  /** Paths below the package's folder. */
  readonly files: readonly string[];
  /** Bytes, unpacked. */
  readonly bytes: number;
}

/** Reads a tarball. */
export async function packedContents({ tarball }: PackedPackage): Promise<PackedContents> {
  const files: string[] = [];
  const chunks: Buffer[] = [];
  let bytes = 0;
  await list({
    file: tarball,
    onReadEntry: (entry) => {
      const path = entry.path.replace(/^package\//, '');
      files.push(path);
      bytes += entry.size;
      if (path === 'package.json') entry.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    },
  });
  return { manifest: schema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))), files, bytes };
}
