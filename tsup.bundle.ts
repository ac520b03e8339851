import type { Options } from 'tsup';

/** What {@link bundledProgram} takes. */
export interface BundleOptions {
  /** The program's first file. */
  readonly entry: string;
  /** Packages that stay imports: those that may be absent, and those that look for files beside their own. */
  readonly external: readonly string[];
}

/**
 * How a program that runs for long is built: one file with all that it imports, without blanks and comments, and one more for
 * each part that is loaded only when it is needed. V8 keeps the text of all modules that a process has loaded, so whole
 * packages with their comments took half of an idle worker's heap; and one file is there sooner than a thousand.
 * Names stay as they are: for stack traces, and because errors are called by their classes' names.
 */
export function bundledProgram({ entry, external }: BundleOptions): Options {
  const names = external.map((name) => RegExp.escape(name)).join('|');
  return {
    entry: [entry],
    format: ['esm'],
    target: 'node24',
    sourcemap: true,
    noExternal: [new RegExp(`^(?!(?:${names})(?:/|$))`)],
    minifyWhitespace: true,
    minifySyntax: true,
    // CommonJS packages ask for Node's own modules by `require`, which a module of ECMAScript hasn't.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    esbuildOptions(options) {
      options.external = [...(options.external ?? []), ...external];
      options.legalComments = 'external';
    },
  };
}
