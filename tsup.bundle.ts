import { cpSync, existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Options } from 'tsup';

/** What {@link bundledProgram} takes. */
export interface BundleOptions {
  /** The program's first file, and those of threads, by the names that they get. */
  readonly entry: Readonly<Record<string, string>>;
  /** Packages that stay imports: those that may be absent, and those that look for files beside their own. */
  readonly external: readonly string[];
  /**
   * From our packages' sources instead of their builds, which are one file each: what only some commands need then stays out of
   * the others' start. @default false
   */
  readonly fromSources?: boolean;
}

/**
 * How a program that runs for long is built: one file with all that it imports, without blanks and comments, and one more for
 * each part that is loaded only when it is needed. V8 keeps the text of all modules that a process has loaded, so whole
 * packages with their comments took half of an idle worker's heap; and one file is there sooner than a thousand.
 * Names stay as they are: for stack traces, and because errors are called by their classes' names. Folders that a module of ours
 * reads beside itself are copied too, so that the files in `dist/metafile-esm.json` and these folders are all that it needs.
 */
export function bundledProgram({ entry, external, fromSources = false }: BundleOptions): Options {
  const names = external.map((name) => RegExp.escape(name)).join('|');
  return {
    entry: { ...entry },
    format: ['esm'],
    target: 'node24',
    sourcemap: true,
    // What `pnpm artifacts` reads: which files were made, and from what.
    metafile: true,
    // tsup's own way with `node:` would come before the one of lazyBuiltins.
    removeNodeProtocol: false,
    esbuildPlugins: [lazyBuiltins, lazyPackages, copiedFolders],
    noExternal: [new RegExp(`^(?!(?:${names})(?:/|$))`)],
    minifyWhitespace: true,
    minifySyntax: true,
    // Bundled CommonJS calls `require()` for built-in modules. ES modules have none, so define one.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    esbuildOptions(options) {
      options.external = [...(options.external ?? []), ...external];
      options.legalComments = 'external';
      if (fromSources) options.conditions = ['@hartonomous/source', ...(options.conditions ?? [])];
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

/** Builds run in the folder of their package. */
const repository = resolve('../..');
const folderReference = /new URL\((["'])(\.{1,2}\/[\w./-]*[\w-]+\/)\1, import\.meta\.url\)/g;

/** Folders that a module of ours names by `new URL('../folder/', import.meta.url)`: copied beside the program, and named there. */
const copiedFolders: Plugin = {
  name: 'copied-folders',
  setup(build) {
    const folders = new Map<string, string>();
    const { outdir } = build.initialOptions;
    if (outdir === undefined) throw new Error('There is no folder to copy to.');
    build.onStart(() => folders.clear());
    // What is installed is elsewhere, in node_modules of the root.
    const ours = new RegExp(`^${RegExp.escape(repository)}[\\\\/](?:packages|apps)[\\\\/].*\\.[jt]s$`);
    build.onLoad({ filter: ours, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (text.match(folderReference) === null) return undefined;
      const contents = text.replace(folderReference, (reference, _quote, folder: string) => {
        const source = fileURLToPath(new URL(folder, pathToFileURL(path)));
        // In sources it may be one that only the build has, and what is in the build already needs no copy.
        if (!existsSync(source) || isInside(source, resolve(outdir))) return reference;
        const name = basename(folder);
        if ((folders.get(name) ?? source) !== source) throw new Error(`Two folders are called ${name}: see ${path}.`);
        folders.set(name, source);
        return `new URL("./${name}/", import.meta.url)`;
      });
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js', resolveDir: dirname(path) };
    });
    build.onEnd(() => {
      // What other builds leave there.
      const filter = (path: string): boolean => !/[\\/](?:bin|obj)$/.test(path);
      for (const [name, source] of folders) cpSync(source, join(outdir, name), { recursive: true, filter });
    });
  },
};

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
}
