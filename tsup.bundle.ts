import { builtinModules } from 'node:module';
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
    // tsup's own way with `node:` would come before the one of lazyBuiltins.
    removeNodeProtocol: false,
    esbuildPlugins: [lazyBuiltins, lazyPackages],
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

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Node's own modules, got by a call instead of an import. An import reads each export of a module when the program starts, and some
 * are made only when they are read: `WebSocket` of `http` loads all of undici, and `stdin` of `process` opens a stream.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    const names = builtinModules.map((name) => RegExp.escape(name)).join('|');
    build.onResolve({ filter: new RegExp(`^(?:node:)?(?:${names})$`) }, ({ path, kind }) =>
      kind === 'import-statement' ? { path: path.replace(/^node:/, ''), namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * Packages that are loaded when something of theirs is first used, though those that need them ask for them at once: tedious for
 * @azure/identity, which most of its ways to log in can do without, and neo4j-driver for rxjs, which is for sessions that no
 * program here opens. They were a quarter of what an idle worker had on its heap.
 */
const lazyPackages: Plugin = {
  name: 'lazy-packages',
  setup(build) {
    build.onResolve(
      { filter: /^(?:@azure\/identity|rxjs|rxjs\/operators)$/ },
      ({ path, kind, resolveDir, namespace }) =>
        kind === 'require-call' && namespace === 'file'
          ? { path, namespace: 'lazy', pluginData: resolveDir }
          : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path, pluginData: resolveDir }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] });`,
      resolveDir,
    }));
  },
};
