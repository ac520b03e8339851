/** A package with native parts, which a bundle can't have in it. */
export interface NativePart {
  readonly package: string;
  /** What doesn't work where it isn't installed. */
  readonly purpose: string;
}

/** A program that is delivered as a folder. */
export interface ProgramArtifact {
  /** Name of the folder. */
  readonly name: string;
  /** The app's folder, from the repository's root. */
  readonly app: string;
  /** The command that it is to operators. */
  readonly command: string;
  /** Folders beside it that it reads, of {@link copiedFolders}. */
  readonly folders: readonly string[];
  /** Packages that stay imports, and are not in the folder. */
  readonly native: readonly NativePart[];
}

const windowsLogin: NativePart = {
  package: 'msnodesqlv8',
  purpose: 'Integrated Security=True (Windows login to SQL Server); needs ODBC Driver 18 for SQL Server besides',
};

const onnxRuntimes: readonly NativePart[] = [
  {
    package: 'onnxruntime-node',
    purpose:
      'models that run in the process (Embedding:Provider:Kind onnx), natively; not on Alpine Linux and Macs with Intel processors',
  },
  {
    package: 'onnxruntime-web',
    purpose: 'the same in WebAssembly, several times slower, where the native one does not run',
  },
];

/** All programs, in the order they are built. */
export const programArtifacts: readonly ProgramArtifact[] = [
  {
    name: 'neo4j-sync',
    app: 'apps/neo4j-sync-worker',
    command: 'neo4j-sync-worker',
    folders: [],
    native: [windowsLogin],
  },
  {
    name: 'ces-consumer',
    app: 'apps/ces-consumer',
    command: 'ces-consumer',
    folders: ['cmaps'],
    native: [windowsLogin],
  },
  {
    name: 'embedding-generator',
    app: 'apps/embedding-generator',
    command: 'embedding-generator',
    folders: [],
    native: [windowsLogin, ...onnxRuntimes],
  },
  {
    name: 'api',
    app: 'apps/api',
    command: 'hartonomous-api',
    folders: ['page'],
    native: [windowsLogin, ...onnxRuntimes],
  },
  { name: 'deploy-cli', app: 'apps/deploy-cli', command: 'hartonomous', folders: ['database'], native: [windowsLogin] },
];

/** Name of the folder with the SQL project. */
export const databaseArtifact = 'database';

/** Names of all artifacts. */
export const artifactNames: readonly string[] = [...programArtifacts.map(({ name }) => name), databaseArtifact];

/** Name of the folder of a program. */
export function artifactFolder(name: string, isForWindows: boolean): string {
  return isForWindows ? `${name}-win32-x64` : name;
}

/** Folders that bundles copy, and the packages besides ours that the files in them come from, with the folder that depends on them. */
export const copiedFolders: ReadonlyMap<string, { readonly package: string; readonly of: string } | undefined> =
  new Map([
    ['cmaps', { package: 'pdfjs-dist', of: 'packages/atomizers' }],
    ['database', undefined],
    ['page', { package: 'cytoscape', of: 'apps/api' }],
  ]);

/** What is in a package's files without being a dependency of it, so that no bundler can see it. */
export const embeddedParts: ReadonlyMap<
  string,
  { readonly name: string; readonly license: string; readonly note: string }
> = new Map([
  [
    'unpdf',
    {
      name: 'pdf.js',
      license: 'Apache-2.0',
      note: 'Copyright Mozilla Foundation and contributors; built into unpdf. The text of the Apache License 2.0 is in this file, under pdfjs-dist.',
    },
  ],
]);
