import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BuildMissingError } from './errors.ts';

const schema = z.object({
  outputs: z.record(
    z.string(),
    z.object({
      bytes: z.number(),
      entryPoint: z.string().optional(),
      imports: z.array(z.object({ path: z.string(), kind: z.string(), external: z.boolean().optional() })),
      inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })),
    }),
  ),
});

/** What a bundler says of the files that it made. */
export type Metafile = z.output<typeof schema>;

/**
 * Reads what the bundler wrote of a program's build.
 *
 * @throws BuildMissingError
 */
export async function readMetafile(file: string): Promise<Metafile> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new BuildMissingError(file, { cause });
  }
}

/** Files whose text is in the outputs, as paths from the app's folder; what was shaken off isn't among them. */
export function bundledFiles({ outputs }: Metafile): ReadonlySet<string> {
  return new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
}

/** Bytes of the outputs that Node loads when a program starts, before any `import()`. */
export function startBytes({ outputs }: Metafile, entry: string): number {
  const seen = new Set<string>();
  const visit = (path: string): number => {
    const output = outputs[path];
    if (output === undefined || seen.has(path)) return 0;
    seen.add(path);
    return output.imports
      .filter(({ kind, external }) => kind === 'import-statement' && external !== true)
      .reduce((sum, imported) => sum + visit(imported.path), output.bytes);
  };
  return visit(entry);
}
